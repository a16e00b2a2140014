/* SPDX-License-Identifier: BSD-3-Clause */
/* Stands in for a header of the same name that a .x file includes and whose contents no type needs.
 */
