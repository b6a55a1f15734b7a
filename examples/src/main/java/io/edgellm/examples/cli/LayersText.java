package io.edgellm.examples.cli;

import io.edgellm.inference.quantize.NodeSelector;
import io.edgellm.inference.quantize.QuantizationException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads blocks of a network: {@code 7}, or {@code 0-3}, both ends included. */
final class LayersText implements ITypeConverter<NodeSelector.Layers> {
  @Override
  public NodeSelector.Layers convert(String text) {
    String[] ends = text.split("-", 2);
    try {
      return new NodeSelector.Layers(
          Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]));
    } catch (NumberFormatException e) {
      throw new TypeConversionException(
          "'" + text + "' are no layers: say one, such as 7, or the first and the last, 0-3.");
    } catch (QuantizationException e) {
      throw new TypeConversionException("'" + text + "': " + e.getMessage());
    }
  }
}
