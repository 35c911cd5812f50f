// The chart library, with what the pages need of it. Loaded when the first chart is shown.

import { BarChart, LineChart } from 'echarts/charts';
import {
  AriaComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
} from 'echarts/components';
import { init, use, type ComposeOption, type ECharts } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { BarSeriesOption, LineSeriesOption } from 'echarts/charts';
import type {
  GridComponentOption,
  LegendComponentOption,
  TooltipComponentOption,
} from 'echarts/components';

use([
  BarChart,
  LineChart,
  GridComponent,
  TooltipComponent,
  LegendComponent,
  AriaComponent,
  SVGRenderer,
]);

export type Option = ComposeOption<
  | BarSeriesOption
  | LineSeriesOption
  | GridComponentOption
  | TooltipComponentOption
  | LegendComponentOption
>;

/** The colours of the page as it is now. */
export interface Colours {
  text: string;
  soft: string;
  line: string;
  surface: string;
  series: string[];
}

/** The part of a chart's width that names beside an axis may take. */
const NAMES = 0.32;
const FONT = "'Titillium Web', system-ui, sans-serif";

/** Draws a chart into an element. Colour is never alone: areas have patterns, lines have marks. */
export function draw(element: HTMLElement, option: Option, colours: Colours): ECharts {
  const label = { color: colours.text, fontFamily: FONT, fontSize: 14 };
  const axis = {
    axisLabel: label,
    axisLine: { lineStyle: { color: colours.line } },
    splitLine: { lineStyle: { color: colours.line } },
    nameTextStyle: label,
  };
  const theme = {
    color: colours.series,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: FONT, color: colours.text },
    categoryAxis: axis,
    valueAxis: axis,
    legend: { textStyle: label },
  };
  // On a telephone names are cut short and there are few marks on the axis.
  const isNarrow = element.clientWidth < 480;
  const chart = init(element, theme, { renderer: 'svg' });
  chart.setOption({
    animation: false,
    // The words that stand for the chart are beside it: see Chart.svelte.
    aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
    tooltip: {
      trigger: 'axis',
      // An HTML one would be against the page's policy.
      renderMode: 'richText',
      confine: true,
      backgroundColor: colours.surface,
      borderColor: colours.line,
      textStyle: { color: colours.text, fontFamily: FONT },
    },
    legend: { top: 0, type: 'plain' },
    ...option,
  });
  if (isNarrow) {
    chart.setOption({
      xAxis: { splitNumber: 2, axisLabel: { hideOverlap: true } },
      yAxis: { axisLabel: { width: 84 } },
      grid: { top: 84 },
    });
  } else if ((option.yAxis as { type?: string } | undefined)?.type === 'category') {
    const width = Math.round(element.clientWidth * NAMES);
    chart.setOption({ yAxis: { axisLabel: { width } } });
  }
  return chart;
}
