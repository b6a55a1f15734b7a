package io.edgellm.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whom a client believes to be a server, and how it shows who it is itself. Not thread-safe. */
final class TlsSettings {
  private final List<X509Certificate> authorities = new ArrayList<>();
  private boolean systemToo = true;
  private @Nullable KeyStore identity;
  private char[] identityPassword = {};

  /** Believes these authorities; those of the Java runtime as well, or not any more. */
  void trust(Collection<X509Certificate> certificates, boolean besideThoseOfTheRuntime) {
    authorities.addAll(certificates);
    systemToo = besideThoseOfTheRuntime;
  }

  void identify(KeyStore store, char[] password) {
    identity = store;
    identityPassword = password.clone();
  }

  static List<X509Certificate> readPem(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      List<X509Certificate> certificates = new ArrayList<>();
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        certificates.add((X509Certificate) each);
      }
      if (certificates.isEmpty()) {
        throw unusable("'" + file + "' holds no certificate", null);
      }
      return certificates;
    } catch (IOException | GeneralSecurityException e) {
      throw unusable("'" + file + "' cannot be read as certificates in PEM (" + e + ")", e);
    }
  }

  /** Returns what was said; empty if nothing was, and the runtime's own settings hold. */
  Optional<SSLContext> context() {
    if (authorities.isEmpty() && identity == null) {
      return Optional.empty();
    }
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers(), trustManagers(), null);
      return Optional.of(context);
    } catch (IOException | GeneralSecurityException e) {
      throw unusable("The certificates or keys cannot be used (" + e + ")", e);
    }
  }

  private KeyManager @Nullable [] keyManagers() throws GeneralSecurityException {
    if (identity == null) {
      return null;
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(identity, identityPassword);
    return factory.getKeyManagers();
  }

  private TrustManager @Nullable [] trustManagers() throws GeneralSecurityException, IOException {
    if (authorities.isEmpty()) {
      return null;
    }
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int number = 0;
    for (X509Certificate authority : authorities) {
      store.setCertificateEntry("given-" + number++, authority);
    }
    if (systemToo) {
      for (X509Certificate authority : authoritiesOfTheRuntime()) {
        store.setCertificateEntry("runtime-" + number++, authority);
      }
    }
    return trustManagers(store);
  }

  private static List<X509Certificate> authoritiesOfTheRuntime() throws GeneralSecurityException {
    return Arrays.stream(trustManagers(null))
        .filter(X509TrustManager.class::isInstance)
        .flatMap(manager -> Arrays.stream(((X509TrustManager) manager).getAcceptedIssuers()))
        .toList();
  }

  private static TrustManager[] trustManagers(@Nullable KeyStore store)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static TransferException unusable(String what, @Nullable Throwable cause) {
    return new TransferException(
        TransferException.Reason.IO, what + ": give the source other ones.", null, cause);
  }
}
