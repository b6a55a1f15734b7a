package io.edgellm.llm;

import java.time.Duration;
import java.util.List;

/**
 * A finished answer.
 *
 * @param text the text, without stop string, control tokens, reasoning and tool calls
 * @param tokenIds the generated tokens, without the one that ended the answer
 * @param finishReason why it ended
 * @param promptTokens tokens of the rendered conversation
 * @param queued from submission to the beginning of the prefill
 * @param timeToFirstToken from submission to the first token; zero if there was none
 * @param total from submission to the end
 * @param cachedPromptTokens tokens of the prompt that were not read anew, since they were computed
 *     for another request
 * @param logprobs how likely each of the generated tokens was; empty unless the request asked for
 *     it
 * @param reasoning what the model thought before it answered, often empty
 * @param toolCalls the tools that the model called, in its order
 * @param malformedToolCalls what began like a call and is none; its text is part of {@code text}
 */
public record GenerationResult(
    String text,
    List<Integer> tokenIds,
    FinishReason finishReason,
    int promptTokens,
    Duration queued,
    Duration timeToFirstToken,
    Duration total,
    int cachedPromptTokens,
    List<TokenLogprobs> logprobs,
    String reasoning,
    List<ToolCall> toolCalls,
    List<MalformedToolCall> malformedToolCalls) {

  /** Copies the lists. */
  public GenerationResult {
    tokenIds = List.copyOf(tokenIds);
    logprobs = List.copyOf(logprobs);
    toolCalls = List.copyOf(toolCalls);
    malformedToolCalls = List.copyOf(malformedToolCalls);
  }

  /** A result of text alone, whose prompt was read as a whole, without likelihoods. */
  public GenerationResult(
      String text,
      List<Integer> tokenIds,
      FinishReason finishReason,
      int promptTokens,
      Duration queued,
      Duration timeToFirstToken,
      Duration total) {
    this(
        text,
        tokenIds,
        finishReason,
        promptTokens,
        queued,
        timeToFirstToken,
        total,
        0,
        List.of(),
        "",
        List.of(),
        List.of());
  }

  /** Returns the number of generated tokens. */
  public int completionTokens() {
    return tokenIds.size();
  }

  /** Returns the decode rate after the first token in tokens per second; 0 below two tokens. */
  public double tokensPerSecond() {
    double seconds = total.minus(timeToFirstToken).toNanos() / 1e9;
    return completionTokens() < 2 || seconds <= 0 ? 0 : (completionTokens() - 1) / seconds;
  }
}
