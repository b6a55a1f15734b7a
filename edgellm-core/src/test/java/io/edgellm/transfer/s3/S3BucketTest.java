package io.edgellm.transfer.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.model.ModelException;
import io.edgellm.transfer.SourcePath;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class S3BucketTest {
  private static final SourcePath PATH = SourcePath.of("models/a/1.0.0+x/release.json");

  @Test
  void amazonHasTheBucketInTheNameOfTheHost() {
    assertThat(S3Bucket.amazon("eu-west-1", "fleet").withPrefix("edge").address(PATH))
        .hasToString(
            "https://fleet.s3.eu-west-1.amazonaws.com/edge/models/a/1.0.0%2Bx/release.json");
  }

  @Test
  void otherStoresHaveItInThePath() {
    assertThat(S3Bucket.at(URI.create("http://minio.local:9000/"), "fleet").address(PATH))
        .hasToString("http://minio.local:9000/fleet/models/a/1.0.0%2Bx/release.json");
  }

  @Test
  void aPortThatGoesWithoutSayingIsNotSigned() {
    assertThat(S3Bucket.at(URI.create("HTTPS://S3.Example.com:443"), "fleet").address(PATH))
        .hasToString("https://s3.example.com/fleet/models/a/1.0.0%2Bx/release.json");
    assertThat(S3Bucket.at(URI.create("http://[::1]:80"), "fleet").endpoint())
        .hasToString("http://[::1]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://host",
        "https:///",
        "https://user:secret@host",
        "https://host/path",
        "https://host?a=secret",
        "https://host#secret"
      })
  void refusesWhatIsNoEndpoint(String endpoint) {
    assertThatThrownBy(() -> S3Bucket.at(URI.create(endpoint), "fleet"))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "-ab", "ab-", "AB", "a/b", "a?b", "a..\u00e4"})
  void refusesWhatIsNoNameOfABucket(String name) {
    assertThatThrownBy(() -> S3Bucket.amazon("eu-west-1", name))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesWhatIsNoRegionAndNoPrefix() {
    assertThatThrownBy(() -> S3Bucket.amazon("eu west", "fleet"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> S3Bucket.amazon("eu-west-1", "fleet").withPrefix("../up"))
        .isInstanceOf(ModelException.class);
  }
}
