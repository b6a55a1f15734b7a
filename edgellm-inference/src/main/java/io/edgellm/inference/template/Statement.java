package io.edgellm.inference.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A parsed statement. */
sealed interface Statement {

  /** Text of the template. */
  record Data(Text text) implements Statement {}

  /** An expression in double braces. */
  record Print(Expression expression) implements Statement {}

  /** A loop. */
  record For(
      Target target,
      Expression items,
      @Nullable Expression condition,
      List<Statement> body,
      List<Statement> otherwise,
      boolean recursive,
      int at)
      implements Statement {}

  /** A choice. */
  record If(List<Branch> branches, List<Statement> otherwise) implements Statement {}

  /** One condition of a choice, and what it leads to. */
  record Branch(Expression condition, List<Statement> body) {}

  /** {@code set a = b}. */
  record Set(Target target, Expression value, int at) implements Statement {}

  /** {@code set a} … {@code endset}. */
  record SetBlock(Target target, List<Expression.FilterCall> filters, List<Statement> body, int at)
      implements Statement {}

  /** A macro. */
  record MacroDefinition(String name, Signature signature, List<Statement> body, int at)
      implements Statement {}

  /**
   * The parameters of a macro.
   *
   * @param takesMorePositional whether the body speaks of {@code varargs}
   * @param takesMoreNamed whether the body speaks of {@code kwargs}
   * @param takesCaller whether the body speaks of {@code caller}
   */
  record Signature(
      List<Parameter> parameters,
      boolean takesMorePositional,
      boolean takesMoreNamed,
      boolean takesCaller) {}

  /** One parameter. */
  record Parameter(String name, @Nullable Expression otherwise) {}

  /** {@code call(…) macro(…)}: calls a macro that may call the body back. */
  record CallBlock(Expression.Call call, Signature signature, List<Statement> body)
      implements Statement {}

  /** {@code filter name} … {@code endfilter}. */
  record FilterBlock(List<Expression.FilterCall> filters, List<Statement> body)
      implements Statement {}

  /** {@code with a = b} … {@code endwith}; without variables, a scope of its own. */
  record With(List<Target> targets, List<Expression> values, List<Statement> body)
      implements Statement {}

  /** Leaves the loop. */
  record Break() implements Statement {}

  /** Goes to the next item of the loop. */
  record Continue() implements Statement {}

  /** What a value is assigned to. */
  sealed interface Target {
    /** A variable. */
    record Variable(String name) implements Target {}

    /** An attribute of a namespace. */
    record NamespaceAttribute(String namespace, String attribute, int at) implements Target {}

    /** Several targets that a sequence is spread over. */
    record Unpacking(List<Target> targets, int at) implements Target {}
  }
}
