package io.edgellm.trust.oms;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A signer whose old signatures count, too: those of v0.2.0 of the reference implementation, from
 * before the format was fixed. For policies of those who still hold such signatures; nothing uses
 * it otherwise, and nothing writes them.
 *
 * <p>v0.2.0 differs in three points. It encoded the envelope wrongly: in place of the payload's
 * bytes it signed how Python prints them, so that text and signature have to be made equal by
 * printing as Python does. It took SHA-256 on every curve. And its statement names each file as a
 * subject. A statement of today's form is not accepted in that envelope, nor the other way round.
 *
 * @param signer whose signatures count
 */
public record Version020Verifier(KeyHolder signer) implements MethodVerifier {
  private static final String PREDICATE = "https://model_signing/Digests/v0.1";
  private static final String WHOLE_FILE = "file-sha256";

  @Override
  public String method() {
    return signer.method();
  }

  @Override
  public boolean isClaimedBy(VerificationMaterial material) {
    return signer.isClaimedBy(material);
  }

  @Override
  public SignedStatement verify(SignatureBundle bundle) throws OmsFault {
    try {
      return signer.verify(bundle);
    } catch (OmsFault e) {
      if (e.kind() != OmsFault.Kind.BAD_SIGNATURE) {
        throw e;
      }
      ProvenKey proven = signer.proveKey(bundle.material());
      DsseEnvelope envelope = bundle.envelope();
      if (!proven.key().verifiesSha256(encoding(envelope), envelope.signature().toBytes())) {
        throw e;
      }
      return new SignedStatement(signer, read(envelope.payload()), proven.identity(), null);
    }
  }

  static byte[] encoding(DsseEnvelope envelope) {
    String header =
        "DSSEV1 "
            + envelope.payloadType().length()
            + " "
            + envelope.payloadType()
            + " "
            + envelope.payload().length()
            + " ";
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(asPythonPrints(envelope.payload().toBytes()));
    return out.toByteArray();
  }

  /** Returns what {@code repr(bytes)} of Python 3 returns. */
  static byte[] asPythonPrints(byte[] payload) {
    String latin = new String(payload, StandardCharsets.ISO_8859_1);
    char quote = latin.indexOf('\'') >= 0 && latin.indexOf('"') < 0 ? '"' : '\'';
    StringBuilder text = new StringBuilder(payload.length + 64).append('b').append(quote);
    for (byte b : payload) {
      switch (b) {
        case '\t' -> text.append("\\t");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\\' -> text.append("\\\\");
        default -> {
          if (b < 0x20 || b == 0x7f) {
            text.append("\\x").append(HexFormat.of().toHexDigits(b));
          } else {
            text.append(b == quote ? "\\" : "").append((char) b);
          }
        }
      }
    }
    return text.append(quote).toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static Statement read(Octets payload) throws OmsFault {
    try {
      JsonFields f = JsonFields.of(StrictJson.parse(payload.toBytes()));
      StatementCodec.require(f, "_type", StatementCodec.TYPE);
      StatementCodec.require(f, "predicateType", PREDICATE);
      List<Resource> resources = new ArrayList<>();
      for (JsonFields subject : f.objects("subject")) {
        JsonFields annotations = subject.objectOrNull("annotations");
        if (annotations != null) {
          StatementCodec.require(annotations, "actual_hash_algorithm", WHOLE_FILE);
        }
        resources.add(StatementCodec.file(subject, subject.object("digest"), "sha256"));
      }
      StatementCodec.requireFilesOnce(resources);
      return new Statement(
          "model", new Serialization(new Partition.WholeFiles(), false, List.of()), resources);
    } catch (JsonFault e) {
      throw SignatureBundle.malformed(e);
    }
  }
}
