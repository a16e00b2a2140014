# SPDX-License-Identifier: BSD-3-Clause
include examples/hello/Local.mk
include examples/store/Local.mk
