package io.edgellm.transfer.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.model.ModelException;
import io.edgellm.model.Sha256;
import io.edgellm.transfer.ArtifactSource.BlobStream;
import io.edgellm.transfer.HttpReader;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferException.Reason;
import io.edgellm.transfer.s3.StrictStore.Refusal;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a device sends to a store that looks at every part of it. */
final class S3ArtifactSourceTest {
  private final Instant now = Instant.now();
  private final InstantSource clock = InstantSource.fixed(now);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final HttpReader READER = new HttpReader(HttpClient.newHttpClient(), PATIENCE);
  private static final byte[] OBJECT = "0123456789".getBytes(UTF_8);
  private static final String PATH = "models/assistant/1.0.0+onnx-int4/release.json";

  private StrictStore store;

  @BeforeEach
  void start() throws IOException {
    store = new StrictStore(now);
    store.put(PATH, OBJECT);
  }

  @AfterEach
  void stop() {
    store.close();
  }

  private S3ArtifactSource signed() {
    return signed(() -> StrictStore.KEY, clock);
  }

  private S3ArtifactSource signed(Supplier<S3Credentials> credentials, InstantSource clock) {
    return S3ArtifactSource.signed(store.bucket(), credentials, clock, READER);
  }

  private TransferException refusal(S3ArtifactSource source) {
    return catchThrowableOfType(TransferException.class, () -> source.document(PATH, 100));
  }

  private static byte[] rest(S3ArtifactSource source, long offset) throws IOException {
    try (BlobStream stream = source.open(PATH, offset)) {
      assertThat(stream.offsetBytes()).isEqualTo(offset);
      return stream.bytes().readAllBytes();
    }
  }

  @Test
  void readsWithASignatureThatTheStoreComputesTheSame() throws IOException {
    try (S3ArtifactSource source = signed()) {
      assertThat(source.document(PATH, 10)).isEqualTo(OBJECT);
      assertThat(rest(source, 0)).isEqualTo(OBJECT);
      assertThat(rest(source, 7)).asString(UTF_8).isEqualTo("789");
    }
    assertThat(store.requests().get(2)).startsWith(PATH + " bytes=7- \"");
  }

  @Test
  void asksForAPartOfTheSameObject() throws IOException {
    try (S3ArtifactSource source = signed()) {
      source.open(PATH, 0, 3).close();
      try (BlobStream part = source.open(PATH, 3, 4)) {
        assertThat(part.offsetBytes()).isEqualTo(3);
        assertThat(part.bytes().readNBytes(4)).asString(UTF_8).isEqualTo("3456");
      }
    }
    assertThat(store.requests().get(0)).isEqualTo(PATH + " bytes=0-2 null");
    assertThat(store.requests().get(1)).startsWith(PATH + " bytes=3-6 \"");
  }

  @Test
  void readsBlobsBelowAPrefixWithNamesThatNeedEscaping() throws IOException {
    store.put("a b/(c)/blobs/sha256/" + Sha256.of(OBJECT).hex(), OBJECT);
    S3Bucket bucket = store.bucket().withPrefix("a b/(c)/");
    try (S3ArtifactSource source =
            S3ArtifactSource.signed(bucket, () -> StrictStore.KEY, clock, READER);
        BlobStream stream = source.open(Sha256.of(OBJECT), 0)) {
      assertThat(stream.bytes().readAllBytes()).isEqualTo(OBJECT);
    }
  }

  @Test
  void looksAFileUpUnderTheNameThatItHadInTheDirectory() {
    store.put("metadata/1.a/b.json", OBJECT);
    try (S3ArtifactSource source = signed()) {
      assertThat(source.document("metadata/1.a%2fb.json", 10)).isEqualTo(OBJECT);
    }
  }

  @Test
  void readsWithoutAKeyWhatEverybodyMayRead() throws IOException {
    try (S3ArtifactSource source = S3ArtifactSource.anonymous(store.bucket(), READER)) {
      assertThat(refusal(source).reason()).isEqualTo(Reason.NOT_FOUND);
      store.open();
      assertThat(rest(source, 3)).asString(UTF_8).isEqualTo("3456789");
    }
  }

  @Test
  void readsAtAnAddressThatSomebodyElseHasSigned() throws IOException {
    try (S3ArtifactSource source =
        S3ArtifactSource.presigned(
            path -> store.presign(path, now, Duration.ofMinutes(5)), READER)) {
      assertThat(source.document(PATH, 10)).isEqualTo(OBJECT);
      assertThat(rest(source, 4)).asString(UTF_8).isEqualTo("456789");
    }
  }

  @Test
  void aPresignedAddressThatIsOverSaysSoAndStaysSecret() {
    Instant earlier = now.minus(Duration.ofHours(1));
    try (S3ArtifactSource source =
        S3ArtifactSource.presigned(
            path -> store.presign(path, earlier, Duration.ofMinutes(5)), READER)) {
      TransferException e = refusal(source);
      assertThat(e.reason()).isEqualTo(Reason.REFUSED);
      assertThat(e).hasMessageContaining("presigned for a time that is over").hasNoCause();
      assertThat(e.toString() + e.subject()).doesNotContain("X-Amz").contains(PATH.substring(0, 9));
    }
  }

  @Test
  void aPresignedAddressIsNoSecretToldWhenNobodyAnswers() {
    URI nobody = URI.create("http://127.0.0.1:1/models/file?X-Amz-Signature=secret");
    try (S3ArtifactSource source = S3ArtifactSource.presigned(path -> nobody, READER)) {
      TransferException e = refusal(source);
      assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
      for (Throwable t = e; t != null; t = t.getCause()) {
        assertThat(t.toString()).doesNotContain("secret");
      }
    }
  }

  @Test
  void anObjectThatIsAnotherOneNowBeginsAgain() throws IOException {
    try (S3ArtifactSource source = signed()) {
      assertThat(rest(source, 0)).isEqualTo(OBJECT);
      store.put(PATH, "abcdefghij".getBytes(UTF_8));
      try (BlobStream stream = source.open(PATH, 5)) {
        assertThat(stream.offsetBytes()).isZero();
        assertThat(stream.bytes().readAllBytes()).asString(UTF_8).isEqualTo("abcdefghij");
      }
      assertThat(rest(source, 5)).asString(UTF_8).isEqualTo("fghij");
    }
    assertThat(store.requests()).hasSize(4);
  }

  @Test
  void anObjectThatHasBecomeShorterIsRefused() {
    try (S3ArtifactSource source = signed()) {
      TransferException e =
          catchThrowableOfType(TransferException.class, () -> source.open(PATH, 10));
      assertThat(e.reason()).isEqualTo(Reason.REFUSED);
      assertThat(e).hasMessageContaining("InvalidRange").hasMessageContaining("no byte 10");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"P-20000D", "PT-16M", "PT16M", "P3650D"})
  void aDeviceWithAWrongClockTakesThatOfTheStoreOnce(Duration off) {
    InstantSource wrong = InstantSource.fixed(now.plus(off));
    try (S3ArtifactSource source = signed(() -> StrictStore.KEY, wrong)) {
      assertThat(source.document(PATH, 10)).isEqualTo(OBJECT);
      assertThat(source.document(PATH, 10)).isEqualTo(OBJECT);
    }
    assertThat(store.requests()).hasSize(3);
  }

  @Test
  void aStoreThatFindsItsOwnTimeWrongIsNotAskedForEver() {
    store.refuseOnce(new Refusal(403, "RequestTimeTooSkewed"));
    store.refuseOnce(new Refusal(403, "RequestTimeTooSkewed"));
    try (S3ArtifactSource source = signed()) {
      TransferException e = refusal(source);
      assertThat(e.reason()).isEqualTo(Reason.REFUSED);
      assertThat(e).hasMessageContaining("set the device's clock");
    }
    assertThat(store.requests()).hasSize(2);
  }

  @Test
  void aTokenThatHasExpiredIsAskedForOnceMore() {
    store.requireToken("new");
    Iterator<S3Credentials> credentials = List.of(token("old"), token("new")).iterator();
    try (S3ArtifactSource source = signed(credentials::next, clock)) {
      assertThat(source.document(PATH, 10)).isEqualTo(OBJECT);
    }
    try (S3ArtifactSource source = signed(() -> token("old"), clock)) {
      TransferException e = refusal(source);
      assertThat(e.reason()).isEqualTo(Reason.REFUSED);
      assertThat(e).hasMessageContaining("ExpiredToken").hasMessageContaining("newer ones");
    }
  }

  private static S3Credentials token(String token) {
    return S3Credentials.temporary(
        StrictStore.KEY.accessKeyId(), StrictStore.KEY.secretAccessKey(), token);
  }

  @Test
  void aWrongSecretIsRefusedAndAppearsNowhere() {
    S3Credentials wrong = S3Credentials.temporary("AKIDOFTHETEST", "hush", "psst");
    try (S3ArtifactSource source = signed(() -> wrong, clock)) {
      TransferException e = refusal(source);
      assertThat(e.reason()).isEqualTo(Reason.REFUSED);
      assertThat(e).hasMessageContaining("SignatureDoesNotMatch");
      assertThat(e + wrong.toString() + source.describe())
          .doesNotContain("hush")
          .doesNotContain("psst");
    }
  }

  @Test
  void credentialsThatNoHeaderCanCarryAreRefusedWithoutBeingSaid() {
    for (String bad : List.of("", " ", "hush\nhush", "hush hush", "h\u00fcsh")) {
      assertThatThrownBy(() -> S3Credentials.temporary("id", "secret", bad))
          .isInstanceOf(IllegalArgumentException.class)
          .message()
          .doesNotContain("hush");
      assertThatThrownBy(() -> S3Credentials.of(bad, "secret"))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> S3Credentials.of("id", " "))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "404, NoSuchKey, NOT_FOUND, does not exist",
    "404, NoSuchBucket, NOT_FOUND, check bucket",
    "403, AccessDenied, NOT_FOUND, s3:GetObject",
    "503, SlowDown, UNREACHABLE, SlowDown for now",
    "500, InternalError, UNREACHABLE, InternalError for now",
    "400, RequestTimeout, UNREACHABLE, RequestTimeout for now",
    "502, Unheard, UNREACHABLE, Unheard for now",
    "403, InvalidAccessKeyId, REFUSED, check key",
    "403, InvalidObjectState, REFUSED, archive",
    "400, KeyTooLongError, REFUSED, (KeyTooLongError)",
    "404, '', NOT_FOUND, does not exist",
    "503, '', UNREACHABLE, 503 for now",
    "301, '<b>', REFUSED, status 301"
  })
  void everyCodeOfTheStoreHasItsReason(int status, String code, Reason reason, String said) {
    store.refuseOnce(new Refusal(status, code));
    try (S3ArtifactSource source = signed()) {
      TransferException e = refusal(source);
      assertThat(e.reason()).isEqualTo(reason);
      assertThat(e).hasMessageContaining(said).hasMessageContaining(store.endpoint().toString());
    }
  }

  @Test
  void aBucketThatIsElsewhereSaysWhere() {
    store.refuseOnce(
        new Refusal(301, "PermanentRedirect", "<Endpoint>b.s3.example.com</Endpoint>"));
    store.refuseOnce(
        new Refusal(400, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>"));
    try (S3ArtifactSource source = signed()) {
      assertThat(refusal(source)).hasMessageContaining("endpoint 'b.s3.example.com'");
      assertThat(refusal(source)).hasMessageContaining("region 'eu-west-1'");
      store.say("x-amz-bucket-region", "eu-north-1");
      store.refuseOnce(new Refusal(301, "PermanentRedirect"));
      assertThat(refusal(source)).hasMessageContaining("region 'eu-north-1'");
    }
  }

  @Test
  void anErrorThatIsAForgeryOfTextIsNotShown() {
    store.refuseOnce(new Refusal(400, "Bad\nlog: all is well", "<Region>x\ny</Region>"));
    try (S3ArtifactSource source = signed()) {
      assertThat(refusal(source).getMessage()).doesNotContain("\n").contains("status 400");
    }
  }

  @Test
  void anEncodedObjectIsRefused() {
    store.say("Content-Encoding", "aws-chunked");
    try (S3ArtifactSource source = signed()) {
      assertThat(refusal(source)).hasMessageContaining("Content-Encoding");
    }
  }

  @Test
  void aPathThatLeavesThePrefixIsRefusedBeforeAnybodyIsAsked() {
    try (S3ArtifactSource source = signed()) {
      for (String path : List.of("../secret", "a//b", "a/%2E%2E/b", "a%2F..%2Fb", "")) {
        assertThatThrownBy(() -> source.document(path, 9)).isInstanceOf(ModelException.class);
      }
      assertThatThrownBy(() -> source.open(PATH, -1)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(store.requests()).isEmpty();
  }

  @Test
  void aClientThatFollowsRedirectsIsNotTaken() {
    HttpClient follows =
        HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
    assertThatThrownBy(
            () -> S3ArtifactSource.anonymous(store.bucket(), new HttpReader(follows, PATIENCE)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatTheSupplierOfCredentialsThrowsIsThrown() {
    IllegalStateException locked = new IllegalStateException("The key store is locked.");
    try (S3ArtifactSource source =
        signed(
            () -> {
              throw locked;
            },
            clock)) {
      assertThatThrownBy(() -> source.document(PATH, 9)).isSameAs(locked);
    }
  }

  @Test
  void aPresignedAddressThatIsNoneIsTheHostsMistake() {
    try (S3ArtifactSource source =
        S3ArtifactSource.presigned(path -> URI.create("file:///secret?token=hush"), READER)) {
      assertThatThrownBy(() -> source.document(PATH, 9))
          .isInstanceOf(IllegalArgumentException.class)
          .message()
          .doesNotContain("hush");
    }
  }
}
