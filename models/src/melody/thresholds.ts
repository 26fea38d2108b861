// SPDX-License-Identifier: Apache-2.0

/** Counts in the fingerprint of every melody space: raise it whenever the code here gives other contours or windows. */
export const MELODY_CODE_VERSION = 1;

/**
 * Every threshold between frames and contour, in one place. Held against generated audio, but set while looking at recordings
 * of the evaluation too (hums, versions of songs, everyday sounds): figures on those are development figures.
 */
export const THRESHOLDS = {
  /** P(voiced) above which a frame of a single voice is taken: chosen on simulated hums. */
  voiced: 0.4,
  /** The same for the strength of the loudest line, which is 1 at its strongest in each block. */
  lineStrength: 0.4,
  /** A frame counts when so many of the five around it, itself among them, are above the threshold: no lone frames. */
  voicedNeighbours: 3,
  /** A frame so far (dB) below the recording's 95th percentile is a rest: it has no say in which source is taken. */
  soundingDb: 30,
  /**
   * A single voice explains its own frames: the median salience of voiced ones is .8 in a hum and lower in a mix. Who searches
   * mostly hums, so that a noisy room is likelier than a band: 1 % of simulated hums lie below .5, 5 % below .61.
   */
  singleVoiceSalience: { ingest: 0.6, search: 0.5 },
  /**
   * In noise even a voice explains less of its frames. Whoever searches is still taken for a single voice when the loudest line
   * has the same pitch but for octaves, in so many of the frames: .92 of them in 95 % of simulated hums, fewer in most mixes.
   */
  noisyVoice: { salience: 0.3, agreement: 0.85, semitones: 1 },
  /** A single voice is voiced in at least this share of what sounds, else it is not alone. */
  singleVoiceShare: 0.25,
  /** Tunes keep within an octave, now and then one and a half (10th to 90th percentile, semitones): more is two voices. */
  singleVoiceRange: { ingest: 18, search: 24 },
  /** A voice alone leaps in at most this share of its steps. */
  singleVoiceLeaps: 0.045,
  /** Shorter stretches (1.9 s) hold no tune. */
  leastFrames: 60,
  /** Fewer voiced frames (0.3 s) make no contour. */
  leastVoicedFrames: 10,
  /** Less of a recording than this has a pitch in noise and drums by accident. */
  leastVoicedShare: 0.08,
  /** Even in a mix a single pitch explains some of what sounds (.4 and more); in rain, motors and ticking clocks it does not. */
  leastSalience: 0.33,
  /** Steps between frames of so many semitones are leaps; singers glide. */
  leap: 2,
  /** More leaps than this are noise; the loudest line of a mix has half as many. */
  mostLeaps: 0.22,
  /** Speech stays on a pitch in about a fifth of its voiced frames, singing in most; of a mix the line is smoother. */
  leastStableShare: { monophonic: 0.22, dominant: 0.42 },
  /** Fewer notes are no tune. */
  leastNotes: 3,
  /** 10th to 90th percentile of the pitch, semitones: a held note wavers by less. */
  leastRange: 1.2,
  /** A frame is stable when the five around it lie within so many semitones: vibrato is, a glide of speech is not. */
  stableRange: 1,
  /** A note begins when the pitch has moved by this many semitones … */
  noteStep: 0.7,
  /** … to one that holds for so many frames … */
  noteFrames: 3,
  /** … within so many semitones, or when voicing begins again after so many frames without. */
  noteRange: 0.5,
  noteGapFrames: 6,
} as const;
