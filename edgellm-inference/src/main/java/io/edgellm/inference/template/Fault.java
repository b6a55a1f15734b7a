package io.edgellm.inference.template;

/**
 * What goes wrong inside of an expression, before its place in the template is known. The
 * interpreter adds the place; a host never sees it.
 */
final class Fault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Fault(String message) {
    super(message, null, false, false);
  }
}
