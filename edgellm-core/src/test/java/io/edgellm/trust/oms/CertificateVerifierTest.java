package io.edgellm.trust.oms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.model.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A certificate counts if a trusted authority issued it, for code, to the one who is meant. */
final class CertificateVerifierTest {
  private static final TestCertificate ROOT = TestCertificate.root("CN=Root").build();
  private static final TestCertificate BETWEEN = ROOT.authority("CN=Between").build();
  private static final TestCertificate SIGNER = BETWEEN.signer("CN=Release, O=Acme").build();
  private static final CertificateIdentity ANYBODY = new CertificateIdentity.EverySigner();

  private static byte[] sign(TestCertificate signer, TestCertificate... above) throws OmsFault {
    Octets payload = Octets.of(statement().toJson());
    byte[] signature =
        signer
            .signingKey()
            .sign(DsseEnvelope.preAuthenticationEncoding(DsseEnvelope.IN_TOTO, payload.toBytes()));
    return SignatureBundle.write(
        new VerificationMaterial.CertificateChain(
            Stream.concat(Stream.of(signer), Stream.of(above)).map(TestCertificate::der).toList()),
        new DsseEnvelope(DsseEnvelope.IN_TOTO, payload, Octets.of(signature)));
  }

  private static Statement statement() {
    return new Statement(
        "model",
        new Serialization(new Partition.WholeFiles(), false, List.of()),
        List.of(new Resource("a.bin", Sha256.of(new byte[1]))));
  }

  private static CertificateAuthorities authorities(TestCertificate... anchors) throws OmsFault {
    return CertificateAuthorities.fromPem(
        Stream.of(anchors).map(TestCertificate::pem).collect(Collectors.joining()));
  }

  private static SignedStatement verify(
      byte[] bundle, CertificateIdentity identity, Instant at, TestCertificate... anchors)
      throws OmsFault {
    CertificateVerifier signer = new CertificateVerifier(authorities(anchors), identity, () -> at);
    return new OmsVerifier(List.of(signer), ModelHasher.sequential())
        .verifySignature(SignatureBundle.parse(bundle));
  }

  private static void assertRefused(
      OmsFault.Kind kind,
      String why,
      byte[] bundle,
      CertificateIdentity identity,
      Instant at,
      TestCertificate... anchors) {
    assertThatThrownBy(() -> verify(bundle, identity, at, anchors))
        .isInstanceOfSatisfying(
            OmsFault.class, e -> assertThat(e.kind()).as(e.sentence()).isEqualTo(kind))
        .hasMessageContaining(why);
  }

  private static void assertUntrusted(String why, TestCertificate signer, TestCertificate... above)
      throws OmsFault {
    assertRefused(
        OmsFault.Kind.UNTRUSTED_SIGNER,
        why,
        sign(signer, above),
        ANYBODY,
        TestCertificate.NOW,
        ROOT);
  }

  @Test
  void verifiesAChainUpToATrustedAuthority() throws OmsFault {
    SignedStatement signed = verify(sign(SIGNER, BETWEEN), ANYBODY, TestCertificate.NOW, ROOT);
    assertThat(signed.statement()).isEqualTo(statement());
    assertThat(signed.identity())
        .startsWith("CN=Release,O=Acme (certificate ")
        .endsWith(", authority CN=Root)");
    assertThat(signed.attestedAt()).isNull();
  }

  @Test
  void takesTheRootInTheChainForNoMoreThanTheOneInThePolicy() throws OmsFault {
    verify(sign(SIGNER, BETWEEN, ROOT), ANYBODY, TestCertificate.NOW, ROOT);
    assertRefused(
        OmsFault.Kind.UNTRUSTED_SIGNER,
        "No trusted authority",
        sign(SIGNER, BETWEEN, ROOT),
        ANYBODY,
        TestCertificate.NOW,
        TestCertificate.root("CN=Other").build());
  }

  @Test
  void refusesAnAuthorityThatOnlyHasTheNameOfATrustedOne() throws OmsFault {
    TestCertificate namesake = TestCertificate.root("CN=Root").build();
    TestCertificate signer = namesake.signer("CN=Release, O=Acme").build();
    assertUntrusted("broken at", signer);
    assertUntrusted("broken at", signer, namesake);
  }

  @Test
  void trustsAnAuthorityInTheMiddleOrTheSignerItself() throws OmsFault {
    verify(sign(SIGNER, BETWEEN, ROOT), ANYBODY, TestCertificate.NOW, BETWEEN);
    verify(sign(SIGNER), ANYBODY, TestCertificate.NOW, BETWEEN);
    verify(sign(SIGNER), ANYBODY, TestCertificate.NOW, SIGNER);
    TestCertificate alone =
        new TestCertificate.Builder("CN=Alone", null)
            .usage(TestCertificate.DIGITAL_SIGNATURE)
            .purposes(TestCertificate.CODE_SIGNING)
            .build();
    verify(sign(alone), ANYBODY, TestCertificate.NOW, alone);
    assertUntrusted("No trusted authority", alone);
  }

  @Test
  void refusesAChainWithAGapOrInAnotherOrder() throws OmsFault {
    assertUntrusted("No trusted authority", SIGNER);
    assertUntrusted("broken at", SIGNER, ROOT.authority("CN=Elsewhere").build());
    TestCertificate deep = BETWEEN.authority("CN=Deep").build();
    assertUntrusted("broken at", deep.signer("CN=S").build(), BETWEEN, deep);
  }

  @Test
  void refusesASignatureOfAnotherKeyThanTheCertified() throws OmsFault {
    TestCertificate thief =
        new TestCertificate(SIGNER.subject(), TestCertificate.keys("EC:secp256r1"), SIGNER.der());
    assertRefused(
        OmsFault.Kind.BAD_SIGNATURE,
        "does not verify",
        sign(thief, BETWEEN),
        ANYBODY,
        TestCertificate.NOW,
        ROOT);
  }

  @Test
  void refusesCertificatesBeforeAndAfterTheirTime() throws OmsFault {
    byte[] bundle = sign(SIGNER, BETWEEN);
    Instant before = TestCertificate.FROM.minusSeconds(1);
    Instant after = TestCertificate.TO.plusSeconds(1);
    verify(bundle, ANYBODY, TestCertificate.FROM, ROOT);
    verify(bundle, ANYBODY, TestCertificate.TO, ROOT);
    for (Instant at : List.of(before, after)) {
      assertRefused(OmsFault.Kind.EXPIRED, "valid from", bundle, ANYBODY, at, ROOT);
      assertRefused(OmsFault.Kind.EXPIRED, "valid from", sign(SIGNER), ANYBODY, at, SIGNER);
    }
  }

  @Test
  void refusesEachExpiredCertificateOfTheWay() throws OmsFault {
    Instant yesterday = TestCertificate.NOW.minus(Duration.ofDays(1));
    TestCertificate root =
        TestCertificate.root("CN=R").valid(TestCertificate.FROM, yesterday).build();
    assertRefused(
        OmsFault.Kind.EXPIRED,
        "CN=R",
        sign(root.signer("CN=S").build()),
        ANYBODY,
        TestCertificate.NOW,
        root);
    TestCertificate between = ROOT.authority("CN=B").valid(TestCertificate.FROM, yesterday).build();
    assertRefused(
        OmsFault.Kind.EXPIRED,
        "CN=B",
        sign(between.signer("CN=S").build(), between),
        ANYBODY,
        TestCertificate.NOW,
        ROOT);
    TestCertificate signer = ROOT.signer("CN=S").valid(TestCertificate.FROM, yesterday).build();
    assertRefused(OmsFault.Kind.EXPIRED, "CN=S", sign(signer), ANYBODY, TestCertificate.NOW, ROOT);
  }

  @Test
  void anExpiredAnchorDoesNotHideItsSuccessor() throws OmsFault {
    TestCertificate old =
        TestCertificate.root("CN=Renewed")
            .valid(TestCertificate.FROM, TestCertificate.FROM.plusSeconds(1))
            .build();
    TestCertificate renewed = TestCertificate.root("CN=Renewed").keys(old.keys()).build();
    byte[] bundle = sign(old.signer("CN=S").build());
    verify(bundle, ANYBODY, TestCertificate.NOW, old, renewed);
    verify(bundle, ANYBODY, TestCertificate.NOW, renewed, old);
  }

  @Test
  void anAnchorOfTheSameNameDoesNotHideThatACertificateHasExpired() throws OmsFault {
    // Which of the two is asked first depends on their bytes.
    for (int i = 0; i < 8; i++) {
      TestCertificate old = TestCertificate.root("CN=Renewed").build();
      TestCertificate renewed = TestCertificate.root("CN=Renewed").build();
      TestCertificate between = old.authority("CN=B").build();
      TestCertificate signer =
          between
              .signer("CN=S")
              .valid(TestCertificate.FROM, TestCertificate.FROM.plusSeconds(1))
              .build();
      assertRefused(
          OmsFault.Kind.EXPIRED,
          "CN=S",
          sign(signer, between),
          ANYBODY,
          TestCertificate.NOW,
          old,
          renewed);
    }
  }

  @Test
  void refusesCertificatesThatAreNotForSigningCode() throws OmsFault {
    String why = "not issued to sign code";
    assertUntrusted(why, BETWEEN.signer("CN=S").purposes(TestCertificate.SERVER).build(), BETWEEN);
    assertUntrusted(why, BETWEEN.signer("CN=S").purposes(TestCertificate.ANY).build(), BETWEEN);
    assertUntrusted(why, BETWEEN.signer("CN=S").without("551d25").build(), BETWEEN);
    assertUntrusted(why, BETWEEN.signer("CN=S").without("551d0f").build(), BETWEEN);
    assertUntrusted(
        why, BETWEEN.signer("CN=S").usage(TestCertificate.KEY_CERT_SIGN).build(), BETWEEN);
  }

  @Test
  void refusesIssuersThatAreNoAuthorities() throws OmsFault {
    TestCertificate leaf = ROOT.signer("CN=Leaf").build();
    assertUntrusted("not the certificate of an authority", leaf.signer("CN=S").build(), leaf);
    TestCertificate noSign =
        ROOT.authority("CN=B").usage(TestCertificate.DIGITAL_SIGNATURE).build();
    assertUntrusted("not the certificate of an authority", noSign.signer("CN=S").build(), noSign);
    TestCertificate web = ROOT.authority("CN=W").purposes(TestCertificate.SERVER).build();
    assertUntrusted("other purposes", web.signer("CN=S").build(), web);
    TestCertificate plain =
        new TestCertificate.Builder("CN=Plain", null)
            .usage(TestCertificate.DIGITAL_SIGNATURE)
            .build();
    assertRefused(
        OmsFault.Kind.UNTRUSTED_SIGNER,
        "not the certificate of an authority",
        sign(plain.signer("CN=S").build()),
        ANYBODY,
        TestCertificate.NOW,
        plain);
  }

  @Test
  void refusesMoreAuthoritiesThanOneAllowsBelowIt() throws OmsFault {
    TestCertificate short0 = ROOT.authority("CN=Short").authority(0).build();
    TestCertificate deep = short0.authority("CN=Deep").build();
    verify(sign(short0.signer("CN=S").build(), short0), ANYBODY, TestCertificate.NOW, ROOT);
    assertUntrusted("broken at", deep.signer("CN=S").build(), deep, short0);

    TestCertificate root = TestCertificate.root("CN=R0").authority(0).build();
    TestCertificate below = root.authority("CN=Below").build();
    verify(sign(root.signer("CN=S").build()), ANYBODY, TestCertificate.NOW, root);
    assertRefused(
        OmsFault.Kind.UNTRUSTED_SIGNER,
        "fewer authorities",
        sign(below.signer("CN=S").build(), below),
        ANYBODY,
        TestCertificate.NOW,
        root);
  }

  @Test
  void enforcesTheNamesThatAnAuthorityMayIssue() throws OmsFault {
    TestCertificate limited = ROOT.authority("CN=Limited").onlyHosts("example.com").build();
    verify(
        sign(
            limited
                .signer("CN=S")
                .alternativeName(TestCertificate.DNS, "build.example.com")
                .build(),
            limited),
        ANYBODY,
        TestCertificate.NOW,
        ROOT);
    assertUntrusted(
        "broken at",
        limited.signer("CN=S").alternativeName(TestCertificate.DNS, "evil.org").build(),
        limited);
  }

  @Test
  void refusesAnAnchorWhoseLimitsTheJdkIgnores() {
    TestCertificate limited = TestCertificate.root("CN=Limited").onlyHosts("example.com").build();
    assertThatThrownBy(() -> authorities(limited))
        .isInstanceOfSatisfying(
            OmsFault.class, e -> assertThat(e.kind()).isEqualTo(OmsFault.Kind.UNSUPPORTED));
  }

  @Test
  void refusesACriticalExtensionThatNobodyKnows() throws OmsFault {
    byte[] value = Der.element(Der.OCTET_STRING, new byte[1]);
    assertUntrusted(
        "broken at", ROOT.signer("CN=S").extension("2b0601040189ab01", true, value).build());
  }

  @ParameterizedTest
  @ValueSource(strings = {"SHA1withRSA", "MD5withRSA"})
  void refusesCertificatesWithABrokenHash(String algorithm) throws OmsFault {
    TestCertificate rsa =
        TestCertificate.root("CN=Rsa").keys(TestCertificate.keys("RSA:2048")).build();
    verify(sign(rsa.signer("CN=S").build()), ANYBODY, TestCertificate.NOW, rsa);
    assertRefused(
        OmsFault.Kind.UNTRUSTED_SIGNER,
        algorithm,
        sign(rsa.signer("CN=S").signedWith(algorithm).build()),
        ANYBODY,
        TestCertificate.NOW,
        rsa);
  }

  @Test
  void refusesShortKeysAnywhereOnTheWay() throws OmsFault {
    TestCertificate weak =
        TestCertificate.root("CN=W").keys(TestCertificate.keys("RSA:1024")).build();
    assertThatThrownBy(() -> authorities(weak)).hasMessageContaining("1024 bits");
    TestCertificate between = ROOT.authority("CN=B").keys(TestCertificate.keys("RSA:1024")).build();
    assertUntrusted("1024 bits", between.signer("CN=S").build(), between);
  }

  @Test
  void refusesSignersWithKeysOfAnotherKind() throws OmsFault {
    for (String kind : List.of("RSA:2048", "Ed25519")) {
      TestCertificate other = ROOT.signer("CN=S").keys(TestCertificate.keys(kind)).build();
      TestCertificate claimed = new TestCertificate(other.subject(), SIGNER.keys(), other.der());
      assertRefused(
          OmsFault.Kind.UNSUPPORTED,
          "elliptic-curve key",
          sign(claimed),
          ANYBODY,
          TestCertificate.NOW,
          ROOT);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"secp384r1", "secp521r1"})
  void verifiesOnEachCurve(String curve) throws OmsFault {
    TestCertificate signer = ROOT.signer("CN=S").keys(TestCertificate.keys("EC:" + curve)).build();
    verify(sign(signer), ANYBODY, TestCertificate.NOW, ROOT);
  }

  @Test
  void refusesTheCertificateOfSomebodyElse() throws OmsFault {
    byte[] bundle = sign(SIGNER, BETWEEN);
    verify(bundle, CertificateIdentity.Subject.of("CN=Release, O=Acme"), TestCertificate.NOW, ROOT);
    assertRefused(
        OmsFault.Kind.UNTRUSTED_SIGNER,
        "does not name",
        bundle,
        CertificateIdentity.Subject.of("CN=Other, O=Acme"),
        TestCertificate.NOW,
        ROOT);
  }

  @Test
  void saysTheMostTellingReasonOfSeveralSigners() throws OmsFault {
    CertificateAuthorities root = authorities(ROOT);
    OmsVerifier verifier =
        new OmsVerifier(
            List.of(
                new CertificateVerifier(
                    root, CertificateIdentity.Subject.of("CN=Other"), () -> TestCertificate.NOW),
                new CertificateVerifier(root, ANYBODY, () -> TestCertificate.TO.plusSeconds(9))),
            ModelHasher.sequential());
    byte[] bundle = sign(SIGNER, BETWEEN);
    assertThatThrownBy(() -> verifier.verifySignature(SignatureBundle.parse(bundle)))
        .isInstanceOfSatisfying(
            OmsFault.class, e -> assertThat(e.kind()).isEqualTo(OmsFault.Kind.EXPIRED));
  }

  @Test
  void refusesAnEndlessChain() throws OmsFault {
    TestCertificate[] above = new TestCertificate[11];
    Arrays.fill(above, BETWEEN);
    assertRefused(
        OmsFault.Kind.MALFORMED,
        "longer than any",
        sign(SIGNER, above),
        ANYBODY,
        TestCertificate.NOW,
        ROOT);
  }

  @Test
  void refusesWhatIsNotExactlyOneCertificate() throws OmsFault {
    byte[] longer = Arrays.copyOf(SIGNER.der().toBytes(), SIGNER.der().length() + 1);
    for (byte[] der :
        List.of(
            new byte[0], new byte[1], longer, SIGNER.pem().getBytes(StandardCharsets.US_ASCII))) {
      TestCertificate broken = new TestCertificate(SIGNER.subject(), SIGNER.keys(), Octets.of(der));
      assertRefused(
          OmsFault.Kind.MALFORMED,
          "certificate",
          sign(broken, BETWEEN),
          ANYBODY,
          TestCertificate.NOW,
          ROOT);
    }
  }
}
