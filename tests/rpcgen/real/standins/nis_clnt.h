/* SPDX-License-Identifier: BSD-3-Clause */
/* Stands in for a header of the NIS+ sources that the .x file includes. */
