# SPDX-License-Identifier: LGPL-2.1-or-later
"""A capture's files, links and folders below a folder, for the option root."""
import pathlib


def make_tree(capture, folder):
    """Lines of a capture are PATH: TEXT, PATH -> LINK, PATH/, or go on after a tab."""
    folder = pathlib.Path(folder)
    path = None
    for line in pathlib.Path(capture).read_text().splitlines():
        if line.startswith("\t") and path:
            with open(path, "a") as file:
                file.write(line[1:] + "\n")
            continue
        name, is_link, target = line.partition(" -> ")
        if not is_link:
            name, _, text = line.partition(": ")
        path = None
        if not name.startswith("/") or not is_link and text.startswith("<"):
            continue
        path = folder / name[1:].rstrip(":")
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if is_link:
            path.symlink_to(target)
        else:
            path.write_text(f"{text}\n" if text else "")
    return folder
