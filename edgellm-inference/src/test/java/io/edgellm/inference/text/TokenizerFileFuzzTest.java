package io.edgellm.inference.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.inference.internal.ModelFile;
import io.edgellm.llm.InferenceException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class TokenizerFileFuzzTest {
  private static final ModelFile NAME = new ModelFile(Path.of("tokenizer.json"), 1 << 20);
  private static final ObjectMapper JSON = new ObjectMapper();

  static Stream<byte[]> seeds() {
    return Stream.concat(
            TokenizerFamily.all().map(family -> family.json().toString()),
            Stream.of(
                    "{'model':{'vocab':[['a',-1.5],['b'],[]]}}",
                    "{'decoder':{'type':'WordPiece'},'model':{'vocab':{'a':0,'##b':1},'merges':[]}}",
                    "{'added_tokens':[{'id':1,'content':'<s>','special':true}],'model':{}}",
                    "{'decoder':{'type':'Sequence','decoders':[{'type':'ByteFallback'}]},"
                        + "'model':{'type':'BPE','vocab':{'<0x41>':2000000},'merges':null}}")
                .map(json -> json.replace('\'', '"')))
        .map(json -> json.getBytes(StandardCharsets.UTF_8));
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "2m")
  void isReadOrRefusedByName(byte @NotNull [] json) {
    try {
      TokenizerFile file = TokenizerFile.read(NAME, json, JSON);
      assertThat(file.vocabulary().longestByteCount()).isNotNegative();
      new ControlTokens(file.addedTokens());
      LeadingMark.of(file);
      TextFrame.of(file.section("post_processor"));
      new PlainTokenizerJson(file, JSON).write(TextPosition.INSIDE);
    } catch (InferenceException refused) {
      assertThat(refused).hasMessageStartingWith("tokenizer.json ");
    }
  }
}
