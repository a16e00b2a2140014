# SPDX-License-Identifier: BSD-3-Clause
# Reads the header that the stock compiler wrote and prints the C source of its table (table.h).
# Called with -v header=NAME.h

function is_value(text) { return text ~ /^-?(0[xX][0-9a-fA-F]+|[0-9]+)$/ || text ~ /^".*"$/ || text in known }
function add_constant(name) { if (!(name in known)) { known[name]; constants[++nconstants] = name } }

BEGIN {
	print "#include \"table.h\"\n#include \"" header "\"\n"
}

$1 == "#define" && NF == 3 && $2 !~ /\(/ && is_value($3) { add_constant($2) }

# The stock compiler writes one enumerator a line.
/^enum [A-Za-z_0-9]+ \{/ { in_enum = 1; next }
/^\};?/ { in_enum = 0 }
in_enum && /^\t[A-Za-z_]/ { add_constant($1 ~ /,$/ ? substr($1, 1, length($1) - 1) : $1) }

# extern bool_t xdr_NAME (XDR *, TYPE*); with parameter names in headers that % lines brought
match($0, /bool_t[ \t]+xdr_[A-Za-z_0-9]+[ \t]*\(XDR \*[a-z]*, ?[^)]*\)/) {
	prototype = substr($0, RSTART, RLENGTH)
	name = prototype
	sub(/^bool_t[ \t]+xdr_/, "", name)
	sub(/[ \t]*\(.*/, "", name)
	type = prototype
	sub(/^[^,]*, ?/, "", type)
	sub(/( *\*[a-z]*)?\)$/, "", type)
	if (!(name in type_of)) { type_of[name] = type; names[++nnames] = name }
}

END {
	for (i = 1; i <= nnames; i++)
		print "static bool_t call_" names[i] "(XDR *xdrs, void *value) { return xdr_" names[i] "(xdrs, value); }"
	print "\nconst struct wire_type wire_types[] = {"
	for (i = 1; i <= nnames; i++)
		print "\t{\"" names[i] "\", sizeof(" type_of[names[i]] "), call_" names[i] "},"
	print "\t{NULL, 0, NULL}\n};\n\nconst struct wire_constant wire_constants[] = {"
	for (i = 1; i <= nconstants; i++)
		print "\tWIRE_CONSTANT(" constants[i] "),"
	print "\t{NULL, NULL, 0}\n};"
}
