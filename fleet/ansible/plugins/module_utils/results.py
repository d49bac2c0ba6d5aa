# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the binding's objects say, as results of a module: JSON, with the words of mhp --json."""

KERNEL_ZONES = ("DMA", "DMA32", "Normal", "HighMem")


def text(value):
    """Texts are bytes: what is no UTF-8 becomes visible, as JSON cannot have it."""
    return None if value is None else value.encode(errors="surrogateescape").decode(
        errors="backslashreplace")


def condition(state, zone):
    """State and zone of a block in one word, that of the type it could have been onlined with."""
    if state.word != "online":
        return state.word
    if zone.word == "Movable":
        return "online_movable"
    return "online_kernel" if zone.word in KERNEL_ZONES else "online"


def wanted(step):
    """What a step makes of its memory, in such a word."""
    is_online = step.state_wanted.word == "online"
    return step.type_wanted.word if is_online else step.state_wanted.word


def conflict(each):
    """A conflict or a warning of a plan."""
    return dict(code=each.code.word, message=text(each.message), hint=text(each.hint),
                blocks=list(each.blocks))


def step(each):
    """A step of a plan."""
    return dict(kind=each.kind.word, path=text(each.path), word=text(each.written),
                undo=text(each.undo_word))


def plan(each):
    """A plan: its steps, what stands against it, and what is to be known."""
    return dict(
        steps=[step(one) for one in each.steps],
        conflicts=[conflict(one) for one in each.conflicts],
        notes=[conflict(one) for one in each.warnings],
        plan=text(each.text),
    )


def planned_blocks(snapshot, region, made):
    """Blocks of a region as they are, and as the plan would leave them."""
    size = snapshot.block_size_bytes
    blocks = {}
    for run in region.block_runs:
        for number in range(run.first, run.first + run.count):
            block = snapshot.find_block(number)
            is_now = condition(block.state, block.zone) if block else "absent"
            blocks[number] = dict(id=number, before=is_now, after=is_now, errno=0, reason=None)
    for one in made.steps:
        for area in one.ranges:
            for number in range(area.start // size, (area.start + area.size_bytes) // size):
                if number in blocks:
                    blocks[number]["after"] = wanted(one)
    return list(blocks.values())


def report(each):
    """How a plan ended."""
    return dict(outcome=each.outcome.word, reason=each.reason.word, errno=each.errno,
                message=text(each.message), hint=text(each.hint), recovery=recovered(each))


def recovered(*reports):
    """What a killed user of libmhp had begun, by the first report that tells of it."""
    for each in reports:
        if each and each.recovery:
            return dict(what=text(each.recovery.transaction), complete=each.recovery.is_complete)
    return None


def reported_blocks(each):
    """Blocks that a report is about: what became of each."""
    return [dict(id=one.id, before=condition(one.state_before, one.zone_before),
                 after=condition(one.state_after, one.zone_after),
                 errno=one.errno, reason=one.reason.word)
            for one in each.results]


def run(first, count):
    """Numbers that follow one another, as people write them: 34-37."""
    return str(first) if count == 1 else f"{first}-{first + count - 1}"


def lines(blocks, key):
    """Blocks with the same word in a line, for --diff."""
    found = []
    for block in blocks:
        if found and found[-1]["word"] == block[key] and block["id"] == found[-1]["end"]:
            found[-1]["end"] += 1
        else:
            found.append(dict(first=block["id"], end=block["id"] + 1, word=block[key]))
    return "".join("memory{0}: {1}\n".format(run(each["first"], each["end"] - each["first"]),
                                             each["word"]) for each in found)


def difference(name, blocks, plan_text=None):
    """What --diff shows of a region: blocks before and after, and the steps."""
    found = [dict(before_header=name, after_header=name, before=lines(blocks, "before"),
                  after=lines(blocks, "after"))]
    if plan_text:
        found.append(dict(prepared=plan_text))
    return found


def is_changed(told):
    """Is the machine another one than before, or would it be? What was put back is not."""
    outcome, reason = told["outcome"], told["reason"]
    return (outcome in ("planned", "partial", "unknown") or told["recovery"] is not None
            or outcome == "done" and reason != "already")


def complaint(name, message, hint):
    """The line that a failure is told by."""
    told = message if message.startswith(name) else f"{name}: {message}"
    return f"{told}; {hint}" if hint else told


def problem(each):
    """A file that could not be read or understood."""
    return dict(path=text(each.path), errno=each.errno, text=text(each.text))


def fault(each):
    """An error or a warning of the standing policy."""
    return dict(file=text(each.file), line=each.line, message=text(each.message))


def item(each):
    """What the standing policy has to do with a region."""
    rule = each.rule
    return dict(
        region=text(each.region.name),
        identity=text(each.region.identity),
        rule=rule and dict(name=text(rule.name), file=text(rule.file), line=rule.line),
        state=each.state.word,
        type=each.online_type and each.online_type.word,
        why=text(each.why),
        way_out=text(each.way_out),
        drifts=[dict(kind=one.kind.word, message=text(one.message), blocks=list(one.blocks))
                for one in each.drifts],
    )
