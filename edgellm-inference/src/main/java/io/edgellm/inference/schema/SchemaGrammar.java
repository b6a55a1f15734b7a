package io.edgellm.inference.schema;

import io.edgellm.inference.grammar.Expression;
import io.edgellm.inference.grammar.Grammar;
import io.edgellm.llm.Constraint.Whitespace;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.JsonSchema;

/**
 * Turns a JSON Schema (2020-12) into rules of a grammar. Every text of the grammar validates; not
 * every valid text is in it:
 *
 * <ul>
 *   <li>properties come in the order in which the schema names them first, then those that are only
 *       required, then all others;
 *   <li>names, and strings of which the schema demands something, are written without superfluous
 *       escapes; whole numbers without a fraction if only whole numbers are allowed; numbers of
 *       which the schema demands something without an exponent;
 *   <li>white space is that of the policy, and none stands before or after the value.
 * </ul>
 *
 * <p>Formats are enforced. What cannot be enforced is refused. A member of an open object (one
 * without {@code "additionalProperties": false}) may be written twice under a name that the schema
 * does not mention, because no grammar without context can remember all names.
 */
public final class SchemaGrammar {
  private SchemaGrammar() {}

  /**
   * Defines the rules of a schema. Several schemas may be defined in one builder; rules that they
   * share are defined once.
   *
   * @param into where rules are added
   * @param schema what the values have to be like
   * @param policy where white space stands
   * @return what matches the values of the schema
   * @throws InferenceException INVALID_CONSTRAINT, with the JSON pointer of the keyword as its
   *     subject, if something in the schema cannot be enforced, or nothing satisfies it
   */
  public static Expression define(Grammar.Builder into, JsonSchema schema, Whitespace policy) {
    SchemaDocument document = SchemaDocument.read(schema);
    SchemaValues values = new SchemaValues(document);
    Conjunction root = document.root();
    Satisfiability satisfiability = new Satisfiability(root, values);
    if (!satisfiability.isSatisfiable(root)) {
      throw new Contradiction(document, values, satisfiability).of(root);
    }
    return new ValueExpressions(into, policy, document, values, satisfiability).define(root);
  }
}
