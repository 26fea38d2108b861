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

  /** One pass of butterflies: transforms of `half` points become transforms of twice as many. */
  const pass = (half: number): void => {
    const stride = size / (2 * half);
    for (let even = 0; even < size; even += even % half === half - 1 ? half + 1 : 1) {
      const odd = even + half;
      const wr = cosines[(even % half) * stride] as number;
      const wi = sines[(even % half) * stride] as number;
      const tr = (re[odd] as number) * wr - (im[odd] as number) * wi;
      const ti = (re[odd] as number) * wi + (im[odd] as number) * wr;
      re[odd] = (re[even] as number) - tr;
      im[odd] = (im[even] as number) - ti;
      re[even] = (re[even] as number) + tr;
      im[even] = (im[even] as number) + ti;
    }
  };

  return (frame) => {
    for (let i = 0; i < size; i++) re[i] = frame[reversed[i] as number] as number;
    im.fill(0);
    for (let half = 1; half < size; half *= 2) pass(half);
    for (let k = 0; k <= size / 2; k++) power[k] = (re[k] as number) ** 2 + (im[k] as number) ** 2;
    return power;
  };
}
