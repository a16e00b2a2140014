# SPDX-License-Identifier: BSD-3-Clause
# rpcgen-vm: the front end as a convenience library (fuzzed and tested by itself), and the
# compiler around it.

vmrpcinclude_HEADERS += include/rpc/vm_types.h

noinst_LTLIBRARIES += librpcgen-front.la

librpcgen_front_la_SOURCES = \
	%reldir%/arguments.cpp \
	%reldir%/arguments.hpp \
	%reldir%/ast.hpp \
	%reldir%/checker.cpp \
	%reldir%/checker.hpp \
	%reldir%/checker_names.cpp \
	%reldir%/diagnostics.cpp \
	%reldir%/diagnostics.hpp \
	%reldir%/evaluate.cpp \
	%reldir%/evaluate.hpp \
	%reldir%/front.cpp \
	%reldir%/front.hpp \
	%reldir%/graph.cpp \
	%reldir%/graph.hpp \
	%reldir%/hoist.cpp \
	%reldir%/hoist.hpp \
	%reldir%/in_place.cpp \
	%reldir%/in_place.hpp \
	%reldir%/lexer.cpp \
	%reldir%/lexer.hpp \
	%reldir%/module.cpp \
	%reldir%/module.hpp \
	%reldir%/names.cpp \
	%reldir%/names.hpp \
	%reldir%/order.cpp \
	%reldir%/order.hpp \
	%reldir%/parser.cpp \
	%reldir%/parser.hpp \
	%reldir%/source.cpp \
	%reldir%/source.hpp \
	%reldir%/token.hpp

bin_PROGRAMS += rpcgen-vm/rpcgen-vm
rpcgen_vm_rpcgen_vm_SOURCES = \
	%reldir%/c_code.cpp \
	%reldir%/c_code.hpp \
	%reldir%/console.cpp \
	%reldir%/console.hpp \
	%reldir%/driver.cpp \
	%reldir%/driver.hpp \
	%reldir%/emit.hpp \
	%reldir%/emit_client.cpp \
	%reldir%/emit_fields.cpp \
	%reldir%/emit_header.cpp \
	%reldir%/emit_makefile.cpp \
	%reldir%/emit_map.cpp \
	%reldir%/emit_recursion.cpp \
	%reldir%/emit_samples.cpp \
	%reldir%/emit_server.cpp \
	%reldir%/emit_server.hpp \
	%reldir%/emit_server_main.cpp \
	%reldir%/emit_table.cpp \
	%reldir%/emit_xdr.cpp \
	%reldir%/emit_xdr.hpp \
	%reldir%/lint.cpp \
	%reldir%/lint.hpp \
	%reldir%/main.cpp \
	%reldir%/options.cpp \
	%reldir%/options.hpp \
	%reldir%/output.cpp \
	%reldir%/output.hpp \
	%reldir%/preprocess.cpp \
	%reldir%/preprocess.hpp \
	%reldir%/shape.cpp \
	%reldir%/shape.hpp \
	%reldir%/stubs.cpp \
	%reldir%/stubs.hpp \
	%reldir%/writer.hpp \
	%reldir%/xdr_calls.cpp
rpcgen_vm_rpcgen_vm_LDADD = librpcgen-front.la

bashcompletion_DATA += %reldir%/rpcgen-vm.bash
EXTRA_DIST += %reldir%/rpcgen-vm.bash

dist_man_MANS += man/rpcgen-vm.1
dist_doc_DATA += doc/rpcgen-vm.md

rpcgen_vm_tests = \
	tests/rpcgen/bad/run-test \
	tests/rpcgen/behaviour/run-test \
	tests/rpcgen/golden/run-test \
	tests/rpcgen/options/run-test
TESTS += $(rpcgen_vm_tests)
EXTRA_DIST += $(rpcgen_vm_tests) \
	tests/rpcgen/bad/bound_negative.expect \
	tests/rpcgen/bad/bound_negative.x \
	tests/rpcgen/bad/bound_negative_constant.expect \
	tests/rpcgen/bad/bound_negative_constant.x \
	tests/rpcgen/bad/bound_string.expect \
	tests/rpcgen/bad/bound_string.x \
	tests/rpcgen/bad/bound_too_large.expect \
	tests/rpcgen/bad/bound_too_large.x \
	tests/rpcgen/bad/included.h \
	tests/rpcgen/bad/lines_of_included_files.expect \
	tests/rpcgen/bad/lines_of_included_files.x \
	tests/rpcgen/bad/name_keyword_of_c.expect \
	tests/rpcgen/bad/name_keyword_of_c.x \
	tests/rpcgen/bad/name_keyword_of_rpc.expect \
	tests/rpcgen/bad/name_keyword_of_rpc.x \
	tests/rpcgen/bad/name_of_enumerator_twice.expect \
	tests/rpcgen/bad/name_of_enumerator_twice.x \
	tests/rpcgen/bad/name_of_field_twice.expect \
	tests/rpcgen/bad/name_of_field_twice.x \
	tests/rpcgen/bad/name_of_function_twice.expect \
	tests/rpcgen/bad/name_of_function_twice.x \
	tests/rpcgen/bad/name_of_generated_code.expect \
	tests/rpcgen/bad/name_of_generated_code.x \
	tests/rpcgen/bad/name_of_xdr_routine.expect \
	tests/rpcgen/bad/name_of_xdr_routine.x \
	tests/rpcgen/bad/name_replaced_by_macro.expect \
	tests/rpcgen/bad/name_replaced_by_macro.x \
	tests/rpcgen/bad/name_twice.expect \
	tests/rpcgen/bad/name_twice.x \
	tests/rpcgen/bad/program_number_twice.expect \
	tests/rpcgen/bad/program_number_twice.x \
	tests/rpcgen/bad/program_pointer_result.expect \
	tests/rpcgen/bad/program_pointer_result.x \
	tests/rpcgen/bad/program_procedure_twice.expect \
	tests/rpcgen/bad/program_procedure_twice.x \
	tests/rpcgen/bad/program_two_arguments.expect \
	tests/rpcgen/bad/program_two_arguments.x \
	tests/rpcgen/bad/program_version_twice.expect \
	tests/rpcgen/bad/program_version_twice.x \
	tests/rpcgen/bad/syntax_bad_character.expect \
	tests/rpcgen/bad/syntax_bad_character.x \
	tests/rpcgen/bad/syntax_columns.expect \
	tests/rpcgen/bad/syntax_columns.x \
	tests/rpcgen/bad/syntax_end_of_file.expect \
	tests/rpcgen/bad/syntax_end_of_file.x \
	tests/rpcgen/bad/syntax_missing_semicolon.expect \
	tests/rpcgen/bad/syntax_missing_semicolon.x \
	tests/rpcgen/bad/syntax_open_quote.expect \
	tests/rpcgen/bad/syntax_open_quote.x \
	tests/rpcgen/bad/syntax_two_errors.expect \
	tests/rpcgen/bad/syntax_two_errors.x \
	tests/rpcgen/bad/syntax_unknown_word.expect \
	tests/rpcgen/bad/syntax_unknown_word.x \
	tests/rpcgen/bad/syntax_version_outside.expect \
	tests/rpcgen/bad/syntax_version_outside.x \
	tests/rpcgen/bad/type_array_of_pointers.expect \
	tests/rpcgen/bad/type_array_of_pointers.x \
	tests/rpcgen/bad/type_bare_opaque.expect \
	tests/rpcgen/bad/type_bare_opaque.x \
	tests/rpcgen/bad/type_bare_string.expect \
	tests/rpcgen/bad/type_bare_string.x \
	tests/rpcgen/bad/type_contains_itself.expect \
	tests/rpcgen/bad/type_contains_itself.x \
	tests/rpcgen/bad/type_empty_struct.expect \
	tests/rpcgen/bad/type_empty_struct.x \
	tests/rpcgen/bad/type_long_long.expect \
	tests/rpcgen/bad/type_long_long.x \
	tests/rpcgen/bad/type_quadruple.expect \
	tests/rpcgen/bad/type_quadruple.x \
	tests/rpcgen/bad/type_tag_wrong.expect \
	tests/rpcgen/bad/type_tag_wrong.x \
	tests/rpcgen/bad/type_two_dimensions.expect \
	tests/rpcgen/bad/type_two_dimensions.x \
	tests/rpcgen/bad/type_typedef_of_itself.expect \
	tests/rpcgen/bad/type_typedef_of_itself.x \
	tests/rpcgen/bad/type_void_field.expect \
	tests/rpcgen/bad/type_void_field.x \
	tests/rpcgen/bad/union_bool_case.expect \
	tests/rpcgen/bad/union_bool_case.x \
	tests/rpcgen/bad/union_discriminant.expect \
	tests/rpcgen/bad/union_discriminant.x \
	tests/rpcgen/bad/union_repeated_case.expect \
	tests/rpcgen/bad/union_repeated_case.x \
	tests/rpcgen/bad/union_two_defaults.expect \
	tests/rpcgen/bad/union_two_defaults.x \
	tests/rpcgen/bad/union_without_case.expect \
	tests/rpcgen/bad/union_without_case.x \
	tests/rpcgen/bad/value_bad_number.expect \
	tests/rpcgen/bad/value_bad_number.x \
	tests/rpcgen/bad/value_circular.expect \
	tests/rpcgen/bad/value_circular.x \
	tests/rpcgen/bad/value_division_by_zero.expect \
	tests/rpcgen/bad/value_division_by_zero.x \
	tests/rpcgen/behaviour/behaviour.c \
	tests/rpcgen/behaviour/behaviour.x \
	tests/rpcgen/behaviour/table.c \
	tests/rpcgen/golden/array_results.golden \
	tests/rpcgen/golden/array_results.x \
	tests/rpcgen/golden/array_results_threads.golden \
	tests/rpcgen/golden/array_results_threads.options \
	tests/rpcgen/golden/array_results_threads.x \
	tests/rpcgen/golden/by_value.golden \
	tests/rpcgen/golden/by_value.options \
	tests/rpcgen/golden/by_value.x \
	tests/rpcgen/golden/constants.golden \
	tests/rpcgen/golden/constants.x \
	tests/rpcgen/golden/documentation.golden \
	tests/rpcgen/golden/documentation.x \
	tests/rpcgen/golden/enums.golden \
	tests/rpcgen/golden/enums.x \
	tests/rpcgen/golden/in_place.golden \
	tests/rpcgen/golden/in_place.options \
	tests/rpcgen/golden/in_place.x \
	tests/rpcgen/golden/in_place_procedures.golden \
	tests/rpcgen/golden/in_place_procedures.x \
	tests/rpcgen/golden/inetd.golden \
	tests/rpcgen/golden/inetd.options \
	tests/rpcgen/golden/inetd.x \
	tests/rpcgen/golden/names.golden \
	tests/rpcgen/golden/names.x \
	tests/rpcgen/golden/names_threads.golden \
	tests/rpcgen/golden/names_threads.options \
	tests/rpcgen/golden/names_threads.x \
	tests/rpcgen/golden/nested.golden \
	tests/rpcgen/golden/nested.x \
	tests/rpcgen/golden/no_maps.golden \
	tests/rpcgen/golden/no_maps.options \
	tests/rpcgen/golden/no_maps.x \
	tests/rpcgen/golden/order.golden \
	tests/rpcgen/golden/order.x \
	tests/rpcgen/golden/passthrough.golden \
	tests/rpcgen/golden/passthrough.x \
	tests/rpcgen/golden/programs.golden \
	tests/rpcgen/golden/programs.options \
	tests/rpcgen/golden/programs.x \
	tests/rpcgen/golden/recursion.golden \
	tests/rpcgen/golden/recursion.options \
	tests/rpcgen/golden/recursion.x \
	tests/rpcgen/golden/rename.golden \
	tests/rpcgen/golden/rename.options \
	tests/rpcgen/golden/rename.x \
	tests/rpcgen/golden/structs.golden \
	tests/rpcgen/golden/structs.x \
	tests/rpcgen/golden/tables.golden \
	tests/rpcgen/golden/tables.options \
	tests/rpcgen/golden/tables.x \
	tests/rpcgen/golden/threads.golden \
	tests/rpcgen/golden/threads.options \
	tests/rpcgen/golden/threads.x \
	tests/rpcgen/golden/threads_by_value.golden \
	tests/rpcgen/golden/threads_by_value.options \
	tests/rpcgen/golden/threads_by_value.x \
	tests/rpcgen/golden/tirpc.golden \
	tests/rpcgen/golden/tirpc.options \
	tests/rpcgen/golden/tirpc.x \
	tests/rpcgen/golden/unions.golden \
	tests/rpcgen/golden/unions.x
