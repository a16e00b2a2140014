/* SPDX-License-Identifier: BSD-3-Clause */
struct a {
	int x  [];
};
