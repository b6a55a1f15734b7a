package io.edgellm.examples.cli;

import io.edgellm.inference.quantize.BlockFormat;
import io.edgellm.inference.quantize.DynamicInt8;
import io.edgellm.inference.quantize.QuantizationException;
import io.edgellm.inference.quantize.WeightFormat;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads how a weight is stored: {@code 8}, {@code 8:32}, {@code 4:128:asym}, {@code int8}, {@code
 * int8:column:reduced}. Without a block size, blocks are 32 weights long.
 */
final class WeightFormatText implements ITypeConverter<WeightFormat> {
  private static final int USUAL_BLOCK = 32;

  @Override
  public WeightFormat convert(String text) {
    List<String> parts = List.of(text.split(":", -1));
    if (parts.get(0).equals("int8")) {
      return int8(text, parts);
    }
    if (parts.size() > 3) {
      throw unknown(text);
    }
    try {
      int block = parts.size() > 1 ? Integer.parseInt(parts.get(1)) : USUAL_BLOCK;
      boolean symmetric = parts.size() < 3 || isSymmetric(text, parts.get(2));
      return new BlockFormat(Integer.parseInt(parts.get(0)), block, symmetric);
    } catch (NumberFormatException e) {
      throw unknown(text);
    } catch (QuantizationException e) {
      throw new TypeConversionException("'" + text + "': " + e.getMessage());
    }
  }

  private static DynamicInt8 int8(String text, List<String> parts) {
    List<String> words = parts.subList(1, parts.size());
    boolean column = words.contains("column");
    boolean reduced = words.contains("reduced");
    if (words.size() != (column ? 1 : 0) + (reduced ? 1 : 0)) {
      throw unknown(text);
    }
    return new DynamicInt8(column, reduced);
  }

  private static boolean isSymmetric(String text, String word) {
    return switch (word) {
      case "sym" -> true;
      case "asym" -> false;
      default -> throw unknown(text);
    };
  }

  private static TypeConversionException unknown(String text) {
    return new TypeConversionException(
        "'"
            + text
            + "' is no format of weights: say BITS, BITS:BLOCK, BITS:BLOCK:asym, int8,"
            + " int8:column or int8:column:reduced.");
  }
}
