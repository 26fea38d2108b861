// SPDX-License-Identifier: Apache-2.0
import type { FitReport } from './fit-report.ts';
import type { Comparison } from './judge-constants.ts';

const number = (value: number): string => value.toFixed(3);
const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;

function row(measure: string, { recordings, first, map, difference, chance }: Comparison): string {
  const cells = [
    measure,
    String(recordings),
    `${number(first.before)} → ${number(first.after)}`,
    `${number(map.before)} → ${number(map.after)}`,
    `${signed(difference.mean)} (${signed(difference.low)} … ${signed(difference.high)})`,
    number(chance),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** The report as Markdown. */
export function reportText({ space, base, fit, judged, judgement, verdict }: FitReport): string {
  const { sameRecording, sameLabel } = judgement;
  const rows = [
    ...(sameRecording ? [row('another excerpt of the recording', sameRecording)] : []),
    ...(sameLabel ? [row(`a recording with the same label (${sameLabel.labels} labels)`, sameLabel)] : []),
  ];
  const share = Math.round(100 * fit.weight);
  return [
    `# ${space} beside ${base}`,
    '',
    `**${verdict.text.charAt(0).toUpperCase()}${verdict.text.slice(1)}.**`,
    '',
    `Fitted to ${fit.clips} clips of ${fit.recordings} recordings of ${fit.library} (${share} %) and to generated sounds (${100 - share} %), seed ${fit.seed}.`,
    `Judged with ${judged.clips} clips of ${judged.recordings} other recordings of ${fit.library}.`,
    'Own recordings alone can make a space worse, so they are always mixed with the generated set.',
    '',
    ...(rows.length > 0
      ? [
          `| what ought to come first | recordings that ask | first answer right, ${base} → ${space} | mAP | difference in mAP (95 % interval) | chance |`,
          '|---|---|---|---|---|---|',
          ...rows,
          '',
          'That excerpts of one recording find each other also rewards hearing its microphone and room; labels are the better judge where there are any.',
          '',
        ]
      : []),
  ].join('\n');
}
