# SPDX-License-Identifier: BSD-3-Clause
# Reads placed_types.h as rpcgen-vm wrote it and prints the C source of its table (placed_table.h).
BEGIN { print "#include \"placed_table.h\"\n#include \"placed_types.h\"\n" }

/^extern const struct rpc_vm_map / {
	name = $5
	sub(/_vm_map;$/, "", name)
	names[++count] = name
	print "static bool_t call_" name " (XDR *xdrs, void *value) { return xdr_" name " (xdrs, value); }"
}

END {
	print "\nconst struct placed_type placed_types[] = {"
	for (i = 1; i <= count; i++)
		print "\t{ \"" names[i] "\", call_" names[i] ", &" names[i] "_vm_map },"
	print "\t{ NULL, NULL, NULL }\n};"
}
