package io.edgellm.trust;

import io.edgellm.release.KeyAlgorithm;
import io.edgellm.release.KeyFile;
import io.edgellm.release.ReleaseSigner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory with the files that a policy names. */
final class PolicyDirectory {
  /** Of an authority that certifies nobody. */
  static final String AUTHORITY =
      """
      -----BEGIN CERTIFICATE-----
      MIIBcjCCARigAwIBAgIJALfonm5jcMUXMAoGCCqGSM49BAMCMB0xGzAZBgNVBAMT
      EkV4YW1wbGUgUmVsZWFzZSBDQTAgFw0yNjExMjIwNTE3NTZaGA8yMTI2MTAyOTA1
      MTc1NlowHTEbMBkGA1UEAxMSRXhhbXBsZSBSZWxlYXNlIENBMFkwEwYHKoZIzj0C
      AQYIKoZIzj0DAQcDQgAE7v1m0LqCVQoUuKpmCfNxePVMsC9v04f3BPlARuvipMjn
      micbPFmWSVRcJK0QjZWI6IrdLBZmw5RG3uzRXJSe86M/MD0wHQYDVR0OBBYEFEGK
      ySprCWtcHgxoXN1+t1DiijfjMAsGA1UdDwQEAwICBDAPBgNVHRMBAf8EBTADAQH/
      MAoGCCqGSM49BAMCA0gAMEUCIADMPk0K/IBfU7cMI1raKpJ7eqRezOYjukFuw4Pp
      fNEoAiEAllJwfcH3UWh8JZ+hhw7fo3kwO/Y+qD6bTSKEMJeWOls=
      -----END CERTIFICATE-----
      """;

  static final String TUF_ROOT = "{\"signatures\":[],\"signed\":{\"_type\":\"root\"}}";
  static final String SIGSTORE_ROOT =
      """
      {"tlogs": [{
        "logId": {"keyId": "wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0="},
        "publicKey": {"rawBytes": "AAAA", "validFor": {"start": "2021-01-12T11:53:27Z"}}
      }]}
      """;

  final Path path;
  final SignerKey key;

  PolicyDirectory(Path path) throws IOException {
    this.path = path;
    KeyFile file = KeyFile.generate(KeyAlgorithm.ECDSA_P256);
    file.save(path.resolve("release-key.pem"));
    key = ReleaseSigner.of(file).publicKey();
    put("release-key.pub", key.toPem());
    put("other-key.pub", ReleaseSigner.generate().publicKey().toPem());
    put("ca.pem", AUTHORITY);
    Files.createDirectory(path.resolve("tuf"));
    put("tuf/root.json", TUF_ROOT);
    put("trusted_root.json", SIGSTORE_ROOT);
  }

  /** Writes a file, and returns it. */
  Path put(String name, String content) throws IOException {
    return Files.writeString(path.resolve(name), content);
  }

  byte[] bytes(String name) throws IOException {
    return Files.readAllBytes(path.resolve(name));
  }
}
