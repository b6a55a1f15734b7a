package io.edgellm.inference.drift;

/** The style of the page: for a phone, a screen and paper, in the light and in the dark. */
final class CheckPageStyle {
  static final String CSS =
      """
      :root { color-scheme: light dark; --ink: #1c2330; --soft: #5b6677; --line: #d8dde6;
        --page: #fff; --card: #f6f7f9; --bar: #3b7dd8; --good: #1b7f4d; --bad: #b42318;
        --mark: #ffe08a; }
      @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #9aa5b5;
        --line: #343b48; --page: #14171d; --card: #1c2129; --bar: #6aa5f5; --good: #4cc38a;
        --bad: #ff8579; --mark: #6b5410; } }
      * { box-sizing: border-box; }
      body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--ink);
        background: var(--page); }
      main { max-width: 1100px; margin: 0 auto; padding: 1.2rem 1rem 3rem; }
      h1 { font-size: 1.5rem; line-height: 1.25; margin: .4rem 0 1rem; overflow-wrap: anywhere; }
      h2 { font-size: 1.1rem; margin: 2rem 0 .6rem; } h3 { font-size: .8rem; margin: 0 0 .3rem;
        color: var(--soft); font-weight: 600; }
      p { margin: .3rem 0; overflow-wrap: anywhere; } .soft { color: var(--soft); }
      .verdict { border-left: 5px solid; padding: .1rem 0 .1rem 1rem; }
      .verdict h2 { margin: .2rem 0 .6rem; } .verdict.good { border-color: var(--good); }
      .verdict.bad { border-color: var(--bad); } .good h2 { color: var(--good); }
      .bad h2 { color: var(--bad); }
      .cards { display: grid; gap: .7rem; margin: 1.4rem 0;
        grid-template-columns: repeat(auto-fit, minmax(165px, 1fr)); }
      .cards div, figure, article { background: var(--card); border: 1px solid var(--line);
        border-radius: 8px; padding: .7rem .8rem; }
      dt { color: var(--soft); font-size: .8rem; } dd { margin: 0; font-weight: 600;
        font-variant-numeric: tabular-nums; }
      .plots { display: grid; gap: .7rem;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 310px), 1fr)); }
      figure { margin: 0; } figcaption { color: var(--soft); font-size: .8rem; }
      svg { width: 100%; height: auto; font: 12px system-ui, sans-serif; }
      svg text { fill: var(--soft); } svg line { stroke: var(--line); }
      svg rect { fill: var(--bar); }
      .wide { overflow-x: auto; margin: .5rem 0 1rem; }
      table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .88rem;
        min-width: 60%; }
      th, td { text-align: right; padding: .3rem .7rem; border-bottom: 1px solid var(--line);
        white-space: nowrap; }
      th { font-weight: 600; } th:first-child { text-align: left; padding-left: 0; }
      thead th { color: var(--soft); }
      article { margin: .7rem 0; } header p { font-weight: 600; margin: .2rem 0 .5rem; }
      .pair { display: grid; gap: .7rem;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 330px), 1fr)); }
      pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font: 12.5px/1.5
        ui-monospace, monospace; }
      mark { background: var(--mark); color: inherit; border-radius: 3px; padding: 0 2px; }
      .tag { display: inline-block; border-radius: 9px; padding: 0 .55rem; font-size: .75rem;
        font-weight: 600; border: 1px solid; margin-right: .5rem; color: var(--soft); }
      .tag.lost { color: var(--bad); } .tag.gained { color: var(--good); }
      @media print { :root { color-scheme: light; --ink: #000; --soft: #444; --line: #bbb;
        --page: #fff; --card: #fff; --bar: #456; --good: #063; --bad: #900; --mark: #ddd; }
        body { font-size: 10pt; } article, figure, tr, .cards div { break-inside: avoid; }
        h2 { break-after: avoid; } .wide { overflow: visible; }
        table { font-size: 7pt; min-width: 0; } th, td { padding: .25rem .3rem; }
        svg rect, mark { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
      """;

  private CheckPageStyle() {}
}
