package io.edgellm.trust.oms;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.model.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Damage to valid inputs of every parser of this package. Whatever comes in, a fault comes out, or
 * something that is right; never another exception.
 */
final class OmsFuzzTest {
  private static final EcSigningKey KEY = EcSigningKey.generate(EcdsaCurve.P256);
  private static final TestCertificate ROOT = TestCertificate.root("CN=Root").build();
  private static final TestCertificate BETWEEN = ROOT.authority("CN=Between").build();
  private static final TestCertificate SIGNER =
      BETWEEN
          .signer("CN=Release, O=Acme")
          .alternativeName(TestCertificate.URI, "https://acme.example/release")
          .build();
  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          "\"",
          ":",
          ",",
          "null",
          "-1",
          "1e9999999",
          "0.5",
          "\\u0000",
          "\\ud800",
          "true",
          "..",
          "/",
          "\\\\",
          "*",
          "=",
          "-----",
          "\n",
          "\u0000",
          "");

  /** Something that reads bytes of strangers. */
  private interface Parser {
    void parse(byte[] input) throws OmsFault;
  }

  private static void fuzz(long seed, int rounds, List<byte[]> valid, Parser parser) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < rounds; round++) {
      byte[] input = damaged(valid.get(random.nextInt(valid.size())), random);
      try {
        parser.parse(input);
      } catch (OmsFault e) {
        assertThat(e.sentence()).as("seed %s round %s", seed, round).isNotEmpty();
      } catch (RuntimeException | Error e) {
        throw new AssertionError(
            "seed " + seed + " round " + round + ": " + HexFormat.of().formatHex(input), e);
      }
    }
  }

  private static byte[] damaged(byte[] valid, SplittableRandom random) {
    byte[] input = valid.clone();
    for (int i = random.nextInt(1, 4); i > 0 && input.length > 0; i--) {
      int at = random.nextInt(input.length);
      input =
          switch (random.nextInt(6)) {
            case 0 -> flipped(input, at, random.nextInt(8));
            case 1 -> replaced(input, at, new byte[] {(byte) random.nextInt(256)}, 1);
            case 2 -> Arrays.copyOf(input, at);
            case 3 -> replaced(input, at, new byte[0], random.nextInt(1, 9));
            case 4 -> replaced(input, at, piece(random), random.nextInt(4));
            default ->
                replaced(
                    input,
                    at,
                    Arrays.copyOfRange(
                        input, at, Math.min(input.length, at + random.nextInt(1, 40))),
                    0);
          };
    }
    return input;
  }

  private static byte[] piece(SplittableRandom random) {
    return PIECES.get(random.nextInt(PIECES.size())).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] flipped(byte[] input, int at, int bit) {
    byte[] out = input.clone();
    out[at] ^= (byte) (1 << bit);
    return out;
  }

  private static byte[] replaced(byte[] input, int at, byte[] piece, int length) {
    int end = Math.min(input.length, at + length);
    byte[] out = new byte[input.length - (end - at) + piece.length];
    System.arraycopy(input, 0, out, 0, at);
    System.arraycopy(piece, 0, out, at, piece.length);
    System.arraycopy(input, end, out, at + piece.length, input.length - end);
    return out;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static Statement statement(Partition partition, String suffix) {
    return new Statement(
        "model",
        new Serialization(partition, false, List.of(".git", "model.sig")),
        List.of(
            new Resource("a.bin" + suffix, Sha256.of(new byte[1])),
            new Resource("sub/b.bin" + suffix, Sha256.of(new byte[2]))));
  }

  private static List<byte[]> statements() {
    return List.of(
        statement(new Partition.WholeFiles(), "").toJson(),
        statement(new Partition.Shards(10), ":0:10").toJson());
  }

  private static VerificationMaterial.CertificateChain chain() {
    return new VerificationMaterial.CertificateChain(
        List.of(SIGNER.der(), BETWEEN.der(), ROOT.der()));
  }

  @Test
  void bundles() throws OmsFault {
    Statement statement = statement(new Partition.WholeFiles(), "");
    byte[] sigstore =
        ascii(
            "{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\","
                + "\"verificationMaterial\":{\"certificate\":{\"rawBytes\":\""
                + Base64.getEncoder().encodeToString(SIGNER.der().toBytes())
                + "\"},\"tlogEntries\":[{\"logIndex\":\"1\"}]},\"dsseEnvelope\":{\"payloadType\":"
                + "\"application/vnd.in-toto+json\",\"payload\":\"e30=\",\"signatures\":"
                + "[{\"sig\":\"AAAA\"}]}}");
    fuzz(
        1L,
        4_000,
        List.of(
            new OmsSigner(KEY).sign(statement),
            SignatureBundle.write(
                chain(),
                new DsseEnvelope(
                    DsseEnvelope.IN_TOTO, Octets.of(statement.toJson()), Octets.of(new byte[70]))),
            sigstore),
        b -> SignatureBundle.parse(b).statement());
  }

  @Test
  void statementsOfATrustedKey() {
    fuzz(2L, 5_000, statements(), Statement::parse);
  }

  @Test
  void elementsOfDer() {
    byte[] signature = KEY.sign(new byte[1]);
    fuzz(
        3L,
        50_000,
        List.of(signature, SIGNER.der().toBytes()),
        b -> {
          Der sequence = new Der(b).sequence();
          while (!sequence.atEnd()) {
            if (sequence.nextIs(Der.INTEGER)) {
              sequence.integer();
            } else {
              sequence.sequence();
            }
          }
        });
  }

  @Test
  void blocksOfPem() {
    fuzz(
        4L,
        20_000,
        List.of(ascii(KEY.publicKey().toPem()), ascii("text\n" + SIGNER.pem() + ROOT.pem())),
        b -> Pem.blocks(new String(b, StandardCharsets.ISO_8859_1)));
  }

  @Test
  void publicKeys() {
    fuzz(
        5L,
        1_500,
        List.of(ascii(KEY.publicKey().toPem())),
        b -> EcVerificationKey.fromPem(new String(b, StandardCharsets.ISO_8859_1)));
    byte[] der = pemContent(KEY.publicKey().toPem());
    fuzz(
        6L,
        1_500,
        List.of(der),
        b -> {
          EcVerificationKey key =
              EcVerificationKey.fromPem(new Pem("PUBLIC KEY", Octets.of(b)).text());
          key.verifies(new byte[1], KEY.sign(new byte[1]));
        });
  }

  private static byte[] pemContent(String pem) {
    return Base64.getMimeDecoder().decode(pem.replaceAll("-----.*-----", ""));
  }

  @Test
  void privateKeys() {
    fuzz(
        7L,
        600,
        List.of(pemContent(KEY.toPem())),
        b -> EcSigningKey.fromPem(new Pem("PRIVATE KEY", Octets.of(b)).text()));
  }

  @Test
  void certificates() {
    fuzz(
        8L,
        10_000,
        List.of(SIGNER.der().toBytes(), BETWEEN.der().toBytes(), ROOT.der().toBytes()),
        b -> {
          SigningCertificate certificate = SigningCertificate.parse(Octets.of(b));
          certificate.requireStrongKey();
          certificate.requireStrongSignature();
          certificate.requireForSigning();
        });
  }

  @Test
  void chainsOfCertificates() throws OmsFault {
    CertificateVerifier verifier =
        new CertificateVerifier(
            CertificateAuthorities.fromPem(ROOT.pem()),
            CertificateIdentity.AlternativeName.of(
                CertificateIdentity.NameType.URI, "https://acme.example/*"),
            () -> TestCertificate.NOW);
    fuzz(
        9L,
        1_500,
        List.of(SIGNER.der().toBytes()),
        b ->
            verifier.proveKey(
                new VerificationMaterial.CertificateChain(List.of(Octets.of(b), BETWEEN.der()))));
    fuzz(
        10L,
        1_500,
        List.of(BETWEEN.der().toBytes(), ROOT.der().toBytes()),
        b ->
            verifier.proveKey(
                new VerificationMaterial.CertificateChain(List.of(SIGNER.der(), Octets.of(b)))));
    fuzz(
        11L,
        500,
        List.of(ROOT.der().toBytes()),
        b -> CertificateAuthorities.fromPem(new Pem("CERTIFICATE", Octets.of(b)).text()));
    fuzz(
        12L,
        300,
        List.of(ascii(SIGNER.pem() + BETWEEN.pem() + ROOT.pem())),
        b -> SigningChain.fromPem(new String(b, StandardCharsets.ISO_8859_1)));
  }

  @Test
  void onlyTheUntouchedCertificateIsProven() throws OmsFault {
    CertificateVerifier verifier =
        new CertificateVerifier(
            CertificateAuthorities.fromPem(ROOT.pem()),
            new CertificateIdentity.EverySigner(),
            () -> TestCertificate.NOW);
    fuzz(
        13L,
        1_500,
        List.of(SIGNER.der().toBytes()),
        b -> {
          verifier.proveKey(
              new VerificationMaterial.CertificateChain(List.of(Octets.of(b), BETWEEN.der())));
          assertThat(Octets.of(b)).isEqualTo(SIGNER.der());
        });
  }

  @Test
  void ignoredPaths() {
    fuzz(
        14L,
        50_000,
        List.of(ascii("sub/b.bin"), ascii(".git"), ascii("a/b/c/d/e")),
        b -> {
          String name = new String(b, StandardCharsets.UTF_8);
          IgnoredPaths ignored = IgnoredPaths.none().and(List.of(name));
          assertThat(ignored.contains(name)).isTrue();
          assertThat(ignored.contains(name + "/x")).isTrue();
          assertThat(ignored.contains(name + "x")).isFalse();
          assertThat(ignored.contains("x")).isEqualTo(name.equals("x"));
          ModelFiles.isCanonical(name);
        });
  }
}
