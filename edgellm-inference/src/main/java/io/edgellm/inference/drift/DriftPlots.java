package io.edgellm.inference.drift;

import io.edgellm.inference.drift.Histogram.Bin;
import java.util.List;

/** The pictures of a report. */
final class DriftPlots {
  private final TextDrift texts;

  DriftPlots(TextDrift texts) {
    this.texts = texts;
  }

  /** How many tokens have which divergence, on a logarithmic axis. */
  String divergence() {
    BarChart chart = new BarChart("Histogram of the KL divergence", "KL divergence, nats");
    List<Bin> bins = texts.divergenceHistogram().bins();
    double all = texts.divergenceHistogram().tokens();
    for (int i = 0; i < bins.size(); i++) {
      Bin bin = bins.get(i);
      if (i > 0 && (i - 1) % 4 == 0 && i < bins.size() - 1) {
        chart.tick(power((i - 1) / 4 - 6));
      }
      chart.bar(
          bin.tokens() / all,
          title(
              Figures.rough(bin.from()),
              i == bins.size() - 1 ? "any" : Figures.rough(bin.to()),
              bin.tokens()));
    }
    return chart.draw(BarChart.Scale.SHARE);
  }

  /** How much probability tokens lost or gained. */
  String probabilityChange() {
    BarChart chart =
        new BarChart("Histogram of the change of p(token)", "Δp, candidate − reference");
    List<Bin> bins = texts.changeHistogram().bins();
    double all = texts.changeHistogram().tokens();
    for (int i = 0; i < bins.size(); i++) {
      Bin bin = bins.get(i);
      if (i % 20 == 0) {
        chart.tick(Figures.plain(bin.from()));
      }
      chart.bar(
          bin.tokens() / all,
          title(Figures.plain(bin.from()), Figures.plain(bin.to()), bin.tokens()));
    }
    return chart.tick("1").draw(BarChart.Scale.ROOT_SHARE);
  }

  /** The divergence along the texts. */
  String byPosition() {
    BarChart chart = new BarChart("Mean KL divergence by position", "tokens before, up to");
    for (PositionBand band : texts.byPosition()) {
      chart
          .middleTick(Integer.toString(band.to()))
          .bar(
              band.mean(),
              "positions "
                  + band.from()
                  + " to "
                  + band.to()
                  + ": mean "
                  + Figures.fixed(band.mean())
                  + ", at most "
                  + Figures.fixed(band.max())
                  + ", "
                  + Figures.count(band.tokens())
                  + " tokens");
    }
    return chart.draw(BarChart.Scale.NUMBER);
  }

  private static String power(int exponent) {
    return switch (exponent) {
      case 0 -> "1";
      case 1 -> "10";
      default -> "10⁻" + "⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(-exponent);
    };
  }

  private static String title(String from, String to, long tokens) {
    return from + " to " + to + ": " + Figures.count(tokens) + " tokens";
  }
}
