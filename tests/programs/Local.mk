# SPDX-License-Identifier: BSD-3-Clause
# Programs of others, unchanged. quickstart fetches them; without them the test is skipped.

TESTS += %reldir%/programs-test
EXTRA_DIST += %reldir%/programs-test %reldir%/scene %reldir%/events.sh %reldir%/fetch
clean-local:
	rm -rf %reldir%/debian
