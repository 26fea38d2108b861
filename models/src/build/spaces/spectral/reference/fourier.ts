// SPDX-License-Identifier: Apache-2.0

/**
 * Power spectra of real signals by a radix-2 FFT in double precision.
 * @param size power of two
 * @returns a function giving |X[k]|², k = 0…size/2, of `size` samples; its result is overwritten by the next call
 */
export function createPowerSpectrum(size: number): (frame: Float64Array) => Float64Array {
  const cosines = Float64Array.from({ length: size / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / size));
  const sines = Float64Array.from({ length: size / 2 }, (_, k) => -Math.sin((2 * Math.PI * k) / size));
  const bits = Math.log2(size);
  const reversed = Uint32Array.from({ length: size }, (_, i) => {
    let result = 0;
    for (let bit = 0; bit < bits; bit++) result |= ((i >> bit) & 1) << (bits - 1 - bit);
    return result;
  });
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  const power = new Float64Array(size / 2 + 1);

  const at = (array: Float64Array | Uint32Array, index: number): number => array[index] as number;
  const butterfly = (even: number, odd: number, twiddle: number): void => {
    const wr = at(cosines, twiddle);
    const wi = at(sines, twiddle);
    const tr = at(re, odd) * wr - at(im, odd) * wi;
    const ti = at(re, odd) * wi + at(im, odd) * wr;
    re[odd] = at(re, even) - tr;
    im[odd] = at(im, even) - ti;
    re[even] = at(re, even) + tr;
    im[even] = at(im, even) + ti;
  };

  return (frame) => {
    for (let i = 0; i < size; i++) re[i] = at(frame, at(reversed, i));
    im.fill(0);
    for (let half = 1; half < size; half *= 2) {
      const stride = size / (2 * half);
      for (let start = 0; start < size; start += 2 * half)
        for (let k = 0; k < half; k++) butterfly(start + k, start + k + half, k * stride);
    }
    for (let k = 0; k <= size / 2; k++) power[k] = at(re, k) ** 2 + at(im, k) ** 2;
    return power;
  };
}
