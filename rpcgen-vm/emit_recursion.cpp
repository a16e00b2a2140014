// SPDX-License-Identifier: BSD-3-Clause
// Types that contain themselves: functions that carry the depth, and loops for lists.
//
// The library's xdr_pointer and xdr_array call back without a depth, so these do their work,
// with the library's help for what touches memory: xdr_reference and xdr_array allocate and
// free as they always do, calling a function that does nothing for the content. What frees goes on
// behind a content that fails, a union without an arm for its discriminant: the rest would leak.
#include "config.h"

#include "emit_xdr.hpp"

#include <utility>

namespace rpcgen {

const Declaration* list_link(const Module& module, const Definition& definition) {
  const auto* body = definition.as<StructDefinition>();
  if (!body || body->fields.size() < 2) return nullptr;
  const Declaration& last = body->fields.back();
  const Declaration& real = module.resolve(last);
  if (real.shape != Shape::kPointer || real.type.builtin != Builtin::kNamed) return nullptr;
  return module.find_type(real.type) == &definition ? &last : nullptr;
}

namespace {

// The condition of a loop over elements: what frees does not stop at one that fails.
std::string go_on(std::string_view done) { return join("(", done, " || xdrs->x_op == XDR_FREE)"); }

}  // namespace

RecursionWriter::RecursionWriter(Writer& out, const Module& module, const EmitOptions& options)
    : out_(out),
      module_(module),
      options_(options),
      local_(module),
      depth_(local_("depth")) {
  for (const auto& group : module.type_groups())
    for (const Definition* user : group) {
      groups_[user] = &group;
      const Declaration* link = list_link(module, *user);
      for_each_declaration(*user, [&](const Declaration& use) {
        const Definition* target = module.find_type(use.type);
        if (target && &use != link && module.in_same_cycle(*user, *target))
          used_.emplace(target, use.shape);
      });
    }
}

bool RecursionWriter::is_used(const Definition& definition, Shape shape) const {
  return used_.contains({&definition, shape});
}

void RecursionWriter::prototypes(const Definition& definition) {
  const std::string& name = definition.name;
  const auto* alias = definition.as<TypedefDefinition>();
  const bool is_array = alias && module_.is_c_array(alias->declaration);
  out_.line("static bool_t rpcgen_vm_at_", name, " (XDR *, ", name, is_array ? "" : " *",
            ", u_int);");
  if (is_used(definition, Shape::kPointer))
    out_.line("static bool_t rpcgen_vm_pointer_", name, " (XDR *, ", name, " **, u_int);");
  if (is_used(definition, Shape::kArray))
    out_.line("static bool_t rpcgen_vm_array_", name, " (XDR *, ", name,
              " **, u_int *, u_int, u_int);");
  if (is_used(definition, Shape::kVector))
    out_.line("static bool_t rpcgen_vm_vector_", name, " (XDR *, ", name,
              " *, u_int, u_int);");
}

void RecursionWriter::helpers(const Definition& definition) {
  const auto* alias = definition.as<TypedefDefinition>();
  const bool is_array = alias && module_.is_c_array(alias->declaration);
  if (is_used(definition, Shape::kPointer)) pointer_helper(definition.name);
  if (is_used(definition, Shape::kArray)) array_helper(definition.name, is_array);
  if (is_used(definition, Shape::kVector)) vector_helper(definition.name, is_array);
}

void RecursionWriter::depth_guard() {
  if (std::exchange(has_depth_guard_, true)) return;
  out_.line("/* Guards the stack: a peer decides how deep a value is. */");
  out_.line("static bool_t");
  out_.line("rpcgen_vm_deeper (XDR *xdrs, u_int ", depth_, ")");
  {
    const auto body = out_.function_body();
    out_.line("if (xdrs->x_op != XDR_DECODE || ", depth_, " < ",
              std::to_string(options_.max_depth), ")");
    out_.line("\treturn TRUE;");
    out_.line("errno = EOVERFLOW;");
    out_.line("return FALSE;");
  }
  out_.blank();
}

void RecursionWriter::pointer_helper(const std::string& name) {
  depth_guard();
  const std::string more = local_("more"), done = local_("done");
  out_.line("static bool_t");
  out_.line("rpcgen_vm_pointer_", name, " (XDR *xdrs, ", name, " **objp, u_int ", depth_, ")");
  {
    const auto body = out_.function_body();
    out_.line("bool_t ", more, " = *objp != NULL, ", done, ";");
    out_.blank();
    write_check(out_, join("xdr_bool (xdrs, &", more, ")"));
    {
      const auto none = out_.block(join("if (!", more, ")"));
      out_.line("if (xdrs->x_op == XDR_DECODE)");
      out_.line("\t*objp = NULL;");
      out_.line("return TRUE;");
    }
    out_.line("if (!rpcgen_vm_deeper (xdrs, ", depth_, "))");
    out_.line("\treturn FALSE;");
    constexpr std::string_view memory =
        "xdr_reference (xdrs, (char **) objp, sizeof (**objp), rpcgen_vm_nothing)";
    out_.line("if (xdrs->x_op == XDR_DECODE && !", memory, ")");
    out_.line("\treturn FALSE;");
    out_.line(done, " = rpcgen_vm_at_", name, " (xdrs, *objp, ", depth_, " + 1);");
    out_.line("return (xdrs->x_op != XDR_FREE || ", memory, ") && ", done, ";");
  }
  out_.blank();
}

void RecursionWriter::array_helper(const std::string& name, bool is_array) {
  depth_guard();
  const std::string len = local_("len"), max = local_("max"), i = local_("i"),
                    done = local_("done");
  out_.line("static bool_t");
  out_.line("rpcgen_vm_array_", name, " (XDR *xdrs, ", name, " **objp, u_int *", len,
            ", u_int ", max, ", u_int ", depth_, ")");
  {
    const auto body = out_.function_body();
    const std::string memory = join("xdr_array (xdrs, (char **) objp, ", len, ", ", max,
                                    ", sizeof (**objp), rpcgen_vm_nothing)");
    out_.line("u_int ", i, ";");
    out_.line("bool_t ", done, " = TRUE;");
    out_.blank();
    out_.line("if (xdrs->x_op != XDR_FREE && !", memory, ")");
    out_.line("\treturn FALSE;");
    out_.line("if (*", len, " != 0 && !rpcgen_vm_deeper (xdrs, ", depth_, "))");
    out_.line("\treturn FALSE;");
    out_.line("for (", i, " = 0; *objp != NULL && ", i, " < *", len, " && ", go_on(done), "; ", i,
              "++)");
    out_.line("\tif (!rpcgen_vm_at_", name, " (xdrs, ", is_array ? "" : "&", "(*objp)[", i,
              "], ", depth_, " + 1))");
    out_.line("\t\t", done, " = FALSE;");
    out_.line("return (xdrs->x_op != XDR_FREE || ", memory, ") && ", done, ";");
  }
  out_.blank();
}

void RecursionWriter::vector_helper(const std::string& name, bool is_array) {
  const std::string len = local_("len"), i = local_("i"), done = local_("done");
  out_.line("static bool_t");
  out_.line("rpcgen_vm_vector_", name, " (XDR *xdrs, ", name, " *objp, u_int ", len,
            ", u_int ", depth_, ")");
  {
    const auto body = out_.function_body();
    out_.line("u_int ", i, ";");
    out_.line("bool_t ", done, " = TRUE;");
    out_.blank();
    out_.line("for (", i, " = 0; ", i, " < ", len, " && ", go_on(done), "; ", i, "++)");
    out_.line("\tif (!rpcgen_vm_at_", name, " (xdrs, ", is_array ? "" : "&", "objp[", i, "], ",
              depth_, "))");
    out_.line("\t\t", done, " = FALSE;");
    out_.line("return ", done, ";");
  }
  out_.blank();
}

void RecursionWriter::list(const Definition& definition, const Declaration& use) {
  const std::string& name = definition.name;
  const std::string& field = use.name;
  const std::string link = local_("link"), next = local_("next"), more = local_("more"),
                    done = local_("done");
  const auto memory = [&](std::string_view address) {
    return join("xdr_reference (xdrs, (char **) ", address,
                ", sizeof (*objp), rpcgen_vm_nothing)");
  };
  const auto body_of = [&](std::string_view object) {
    return join("rpcgen_vm_body_", name, " (xdrs, ", object, ", ", depth_, ")");
  };
  out_.line("/* A list: ", field, " is followed without recursion. */");
  out_.line("static bool_t");
  out_.line("rpcgen_vm_at_", name, " (XDR *xdrs, ", name, " *objp, u_int ", depth_, ")");
  {
    const auto body = out_.function_body();
    out_.line("struct ", name, " **", link, ", *", next, ";");
    out_.line("bool_t ", more, ", ", done, ";");
    out_.blank();
    out_.line(done, " = ", body_of("objp"), ";");
    {
      const auto walk = out_.block("while (xdrs->x_op != XDR_FREE)");
      out_.line("if (!", done, ")");
      out_.line("\treturn FALSE;");
      out_.line(more, " = objp->", field, " != NULL;");
      write_check(out_, join("xdr_bool (xdrs, &", more, ")"));
      {
        const auto none = out_.block(join("if (!", more, ")"));
        out_.line("if (xdrs->x_op == XDR_DECODE)");
        out_.line("\tobjp->", field, " = NULL;");
        out_.line("return TRUE;");
      }
      write_check(out_, memory("&objp->" + field));
      out_.line("objp = objp->", field, ";");
      out_.line(done, " = ", body_of("objp"), ";");
    }
    {
      const auto cells =
          out_.block(join("for (", link, " = &objp->", field, "; *", link, " != NULL; objp = ",
                          next, ", ", link, " = &objp)"));
      out_.line(next, " = (*", link, ")->", field, ";");
      out_.line("if (!", body_of("*" + link), ")");
      out_.line("\t", done, " = FALSE;");
      write_check(out_, memory(link));
    }
    out_.line("return ", done, ";");
  }
  out_.blank();
}

}  // namespace rpcgen
