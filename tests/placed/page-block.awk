# SPDX-License-Identifier: BSD-3-Clause
# The text of the fenced block of that language (x, c) and number in a page.
$0 == "```" language { inside = ++count == number; next }
/^```$/ { inside = 0 }
inside { print }
