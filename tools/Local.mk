# SPDX-License-Identifier: BSD-3-Clause
include tools/bench/Local.mk
include tools/ctl/Local.mk
include tools/info/Local.mk
