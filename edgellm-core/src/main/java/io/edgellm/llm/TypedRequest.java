package io.edgellm.llm;

import org.jspecify.annotations.Nullable;

/**
 * A request whose answer is a record, for hosts that listen to the answer while it comes or do not
 * wait for it:
 *
 * <pre>{@code
 * var typed = TypedRequest.of(GenerationRequest.of("Where does …?"), Address.class);
 * model.generate(typed.request(), listener).result().thenApply(typed::read).thenAccept(…);
 * }</pre>
 *
 * <p>Immutable, and of use for any number of answers. {@link LanguageModel#generateAs} is the short
 * form for those who wait.
 *
 * @param <R> the record
 */
public final class TypedRequest<R extends Record> {
  private final GenerationRequest request;
  private final RecordMapping<R> mapping;

  private TypedRequest(GenerationRequest request, RecordMapping<R> mapping) {
    this.request = request;
    this.mapping = mapping;
  }

  /**
   * Adds the schema of a record to a request.
   *
   * @param request without a constraint
   * @param type a record that has a schema: see {@link JsonSchema#of}
   * @throws InferenceException {@link InferenceException.Reason#INVALID_REQUEST} if the request has
   *     a constraint
   * @throws IllegalArgumentException if the record has no schema; or if it is not public and
   *     exported, and its package not opened to the module {@code io.edgellm.core}
   */
  public static <R extends Record> TypedRequest<R> of(GenerationRequest request, Class<R> type) {
    if (request.constraint().isPresent()) {
      throw new InferenceException(
          InferenceException.Reason.INVALID_REQUEST,
          "The request has a constraint, and a record is one, too: leave one of them out.",
          type.getTypeName());
    }
    RecordMapping<R> mapping = RecordMapping.of(type).requireAccess();
    Constraint schema = Constraint.schema(mapping.schema());
    return new TypedRequest<>(request.toBuilder().constraint(schema).build(), mapping);
  }

  /** Returns the request with the constraint, to be given to a model. */
  public GenerationRequest request() {
    return request;
  }

  /**
   * Reads an answer to {@link #request()}.
   *
   * @throws InferenceException {@link InferenceException.Reason#ANSWER_INCOMPLETE} if the answer
   *     was cut off, or cut short: an engine that had to end it in time leaves a whole object whose
   *     last texts and lists the model had not finished; or if it is a tool call; {@link
   *     InferenceException.Reason#ANSWER_INVALID} if it does not fit the record
   */
  public R read(GenerationResult answer) {
    if (answer.finishReason() == FinishReason.LENGTH
        || answer.finishReason() == FinishReason.CONTEXT) {
      throw incomplete(answer, null);
    }
    try {
      return mapping.read(answer.text());
    } catch (InferenceException e) {
      throw answer.finishReason() == FinishReason.END ? e : incomplete(answer, e);
    }
  }

  private static InferenceException incomplete(
      GenerationResult answer, @Nullable InferenceException cause) {
    return new InferenceException(
        InferenceException.Reason.ANSWER_INCOMPLETE,
        "There is no whole record, since the answer ended with "
            + answer.finishReason()
            + " after "
            + answer.completionTokens()
            + " tokens"
            + advice(answer.finishReason()),
        answer.finishReason().name(),
        cause);
  }

  private static String advice(FinishReason reason) {
    return switch (reason) {
      case LENGTH -> ": raise maxTokens.";
      case CONTEXT -> ": shorten the conversation.";
      case DEADLINE -> ": raise the timeout.";
      case TOOL_CALLS -> ": the model called tools; answer them, and ask again.";
      case STOP -> ": leave out stop strings that the record can contain.";
      case CANCELLED, END -> ".";
    };
  }
}
