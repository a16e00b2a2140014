# SPDX-License-Identifier: BSD-3-Clause
# Each suite adds to TESTS and check_PROGRAMS in a Local.mk of its own.
include tests/support/Local.mk
include tests/unit/Local.mk
include tests/capi/Local.mk
include tests/rpcgen/Local.mk
include tests/interop/Local.mk
include tests/hostile/Local.mk
include tests/stress/Local.mk
include tests/fuzz/Local.mk
include tests/compat/Local.mk
include tests/lint/Local.mk
