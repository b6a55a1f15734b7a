package io.edgellm.transfer;

import io.edgellm.transfer.ArtifactSource.BlobStream;
import io.edgellm.transfer.ArtifactSource.Sender;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The answer to one request: status and headers are here, the body is still on the way. Whoever
 * does not read the body to its end closes the answer; the rest of it is discarded unread.
 *
 * <p>For one thread.
 */
public final class HttpAnswer implements AutoCloseable {
  private static final long DOCUMENT_BYTES_PER_SECOND = 1024;
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/.*");
  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");

  private final HttpResponse<?> response;
  private final PolledBody body;
  private final String where;
  private final Duration inactivity;

  HttpAnswer(HttpResponse<?> response, PolledBody body, String where, Duration inactivity) {
    this.response = response;
    this.body = body;
    this.where = where;
    this.inactivity = inactivity;
  }

  /** Returns the status code. */
  public int status() {
    return response.statusCode();
  }

  /** Returns the first value of a header. */
  public Optional<String> header(String name) {
    return response.headers().firstValue(name);
  }

  /** Returns all values of a header. */
  public List<String> headers(String name) {
    return response.headers().allValues(name);
  }

  /** Returns the server's clock, as far as it says what it is. */
  public Optional<Instant> date() {
    return httpDate(header("Date").orElse(""));
  }

  /**
   * Returns the bytes of a file: of 200 from the first one on, of 206 from where was asked.
   *
   * @param askedBytes where the request wanted the bytes to begin
   * @throws TransferException if the answer has another status, another range, or an encoding: the
   *     bytes at an address are the bytes of the file. The answer is closed then
   */
  public BlobStream content(long askedBytes) {
    try {
      return new BlobStream(beginning(askedBytes), body, Sender.only(where));
    } catch (TransferException e) {
      close();
      throw e;
    }
  }

  /**
   * Reads a small file whole.
   *
   * @param maxBytes more than this is refused
   * @throws TransferException as for {@link #content}, if it is larger, or comes too slowly
   */
  public byte[] document(int maxBytes) {
    content(0);
    return read(maxBytes, true);
  }

  /**
   * Reads the beginning of whatever body there is, such as the explanation of an error.
   *
   * @param maxBytes what is beyond is discarded
   * @throws TransferException if it does not come, or comes too slowly
   */
  public byte[] excerpt(int maxBytes) {
    return read(maxBytes, false);
  }

  private byte[] read(int maxBytes, boolean wholly) {
    RateLimit rate = new RateLimit(DOCUMENT_BYTES_PER_SECOND, inactivity, where, System::nanoTime);
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    byte[] piece = new byte[1 << 13];
    try (body) {
      for (int n = body.read(piece); n >= 0; n = body.read(piece)) {
        int room = maxBytes - read.size();
        if (n > room) {
          if (wholly) {
            throw Refusals.tooLarge(where, maxBytes);
          }
          read.write(piece, 0, room);
          break;
        }
        read.write(piece, 0, n);
        rate.received(n);
        rate.require();
      }
    } catch (IOException e) {
      throw Refusals.unreachable(where, e);
    }
    return read.toByteArray();
  }

  private long beginning(long asked) {
    if (status() != 200 && status() != 206) {
      throw objection(asked);
    }
    String encoding = header("Content-Encoding").orElse("");
    if (!encoding.isBlank() && !encoding.equalsIgnoreCase("identity")) {
      throw refused("it answered with Content-Encoding " + encoding);
    }
    return status() == 206 ? rangeStart(asked) : 0;
  }

  /**
   * Makes an exception for a status that comes without the bytes of a file, by the status alone.
   *
   * @param askedBytes where the request wanted the bytes to begin
   */
  public TransferException objection(long askedBytes) {
    return switch (status()) {
      case 403 -> Refusals.hidden(where);
      case 404, 410 -> Refusals.notFound(where, null);
      case 408, 425, 429, 500, 502, 503, 504 -> refusedForNow(String.valueOf(status()));
      case 416 -> refused("its file has no byte " + askedBytes);
      default -> refused("it answered with status " + status());
    };
  }

  private long rangeStart(long asked) {
    Matcher range = CONTENT_RANGE.matcher(header("Content-Range").orElse(""));
    if (!range.matches() || Long.parseLong(range.group(1)) != asked) {
      throw refused("it answered with another range than byte " + asked + " onwards");
    }
    return asked;
  }

  /**
   * Makes an exception for an answer that makes the address useless as a source.
   *
   * @param what is wrong: the rest of a sentence
   */
  public TransferException refused(String what) {
    return Refusals.refused(where, what, null);
  }

  /**
   * Makes an exception for an answer that may be another one soon; it has the pause that the server
   * asks for.
   *
   * @param answer what the server said: a status or a code
   */
  public TransferException refusedForNow(String answer) {
    return TransferException.refusedForNow(where, answer, retryAfter());
  }

  /** The answer's own date is the clock that it means. */
  private Duration retryAfter() {
    String value = header("Retry-After").orElse("").strip();
    if (SECONDS.matcher(value).matches()) {
      return Duration.ofSeconds(Long.parseLong(value));
    }
    Optional<Instant> until = httpDate(value);
    Optional<Instant> now = date();
    if (until.isEmpty() || now.isEmpty() || until.get().isBefore(now.get())) {
      return Duration.ZERO;
    }
    return Duration.between(now.get(), until.get());
  }

  private static Optional<Instant> httpDate(String value) {
    try {
      return Optional.of(
          ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** Discards what has not been read; nothing is thrown. */
  @Override
  public void close() {
    body.close();
  }
}
