# shellcheck shell=dash disable=SC2034,SC2086 # words; all of a row is read
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The tables of docs/privileges.md, told cell by cell to those who try them: cli/privileges.sh on
# a tree, vm/scenarios/privileges.sh on real kernels. They have
#
#	before COMMAND STATE	bring the machine to a state: offline, online, absent
#	try SITUATION COMMAND	run it; leaves its status in $status, what it said in file $said
#	judge WHAT CODE STATE	is the status so, and does the machine bear it out?
#	wrong WHAT WHY		the cell is not as it says

# In the order of the table's columns.
SITUATIONS='root bare-root sys-admin user container user-namespace no-proc'

# take_tables FILE: to $said.cells, "COMMAND|CODE LETTERS|..." of each row, and $said.LETTER,
# what is said, one a line
take_tables()
{
	sed -n '/^<!-- what works -->/,/^<!-- end -->/p' "$1" |
		sed -n 's/ *| */|/g; s/^|`mhp \([^`]*\)`|/\1|/p' >"$said.cells"
	sed -n '/^<!-- what is said -->/,/^<!-- end -->/p' "$1" | awk -F '|' -v to="$said" '
		$2 ~ /^ [a-z] $/ {
			n = split($3, part, "`")
			for (i = 2; i < n; i += 2)
				print part[i] >(to "." substr($2, 2, 1))
		}'
}

# state_for COMMAND: that it starts from
state_for()
{
	case $1 in
	plug*) echo absent ;;
	online* | apply*) echo offline ;;
	*) echo online ;;
	esac
}

# state_after COMMAND: that it leads to
state_after()
{
	case $1 in
	offline*) echo offline ;;
	unplug*) echo absent ;;
	*) echo online ;;
	esac
}

# Those that change memory.
is_write()
{
	case $1 in
	online* | offline* | plug* | unplug* | apply*) true ;;
	*) false ;;
	esac
}

# try_cell COMMAND SITUATION CODE LETTERS
try_cell()
{
	_what="$2: mhp $1"
	_state=$(state_for "$1")
	: >"$said.want"
	for _letter in $4; do
		cat "$said.$_letter" >>"$said.want" || wrong "$_what" "no \"$_letter\" below the table"
	done
	before "$1" "$_state"
	try "$2" "$1"
	if is_write "$1" && [ "$3" = 0 ]; then
		judge "$_what" "$3" "$(state_after "$1")"
	else
		judge "$_what" "$3" "$_state"
	fi
	while IFS= read -r _words; do
		grep -qF -e "$_words" "$said" || wrong "$_what" "it does not say: $_words"
	done <"$said.want"
	# and nothing that the table does not tell
	if [ -z "$4" ] && ! { is_write "$1" && [ "$3" = 0 ]; } &&
		grep '^mhp: ' "$said" | grep -Evq '^mhp: (note: |watching )'; then
		wrong "$_what" "it complains: $(grep '^mhp: ' "$said" | head -n 1)"
	fi
}

# try_table FILE SITUATION: its column
try_table()
{
	take_tables "$1"
	[ "$(wc -l <"$said.cells")" -ge 20 ] || wrong "$1" "it has fewer rows than mhp has verbs"
	_column=$2
	while IFS='|' read -r _command _root _bare _admin _user _container _userns _proc _rest <&3; do
		case $_column in
		root) set -- $_root ;;
		bare-root) set -- $_bare ;;
		sys-admin) set -- $_admin ;;
		user) set -- $_user ;;
		container) set -- $_container ;;
		user-namespace) set -- $_userns ;;
		no-proc) set -- $_proc ;;
		esac
		_code=$1
		shift
		try_cell "$_command" "$_column" "$_code" "$*"
	done 3<"$said.cells"
}
