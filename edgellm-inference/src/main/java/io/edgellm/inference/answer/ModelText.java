package io.edgellm.inference.answer;

import io.edgellm.inference.text.Vocabulary;
import java.util.regex.Pattern;

/**
 * What a family is recognised by: the source of a model's chat template and its vocabulary.
 *
 * @param template the source
 * @param vocabulary the vocabulary
 */
record ModelText(String template, Vocabulary vocabulary) {
  boolean templateHas(String text) {
    return template.contains(text);
  }

  boolean templateMatches(String pattern) {
    return Pattern.compile(pattern).matcher(template).find();
  }

  /** Whether a tag is a control token. */
  boolean hasToken(String tag) {
    return vocabulary.addedToken(tag).stream().anyMatch(vocabulary::isControl);
  }

  /** Whether the template shows the model the tools of a request. */
  boolean showsTools() {
    return templateMatches("\\btools\\b|\\['tools'\\]");
  }
}
