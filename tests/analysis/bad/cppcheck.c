// SPDX-License-Identifier: LGPL-2.1-or-later
/* What cppcheck has to find. */
int main(void)
{
	char text[4] = "abc";

	text[4] = 'd';
	return text[0];
}
