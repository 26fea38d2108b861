// SPDX-License-Identifier: Apache-2.0

/** A value of a FlatBuffer table; undefined leaves the field out. */
export type FlatField = { readonly int8: number } | { readonly int32: number } | { readonly ref: FlatNode } | undefined;

export type FlatNode =
  | { readonly table: readonly FlatField[] }
  | { readonly tables: readonly FlatNode[] }
  /** Elements as bytes, with their count. */
  | { readonly vector: Uint8Array; readonly count: number };

export const int32Vector = (values: readonly number[]): FlatNode => ({
  vector: new Uint8Array(Int32Array.from(values).buffer),
  count: values.length,
});
export const float32Vector = (values: ArrayLike<number>): FlatNode => ({
  vector: new Uint8Array(Float32Array.from(values).buffer),
  count: values.length,
});
export const int64Vector = (values: readonly number[]): FlatNode => ({
  vector: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
  count: values.length,
});
export const byteVector = (bytes: Uint8Array): FlatNode => ({ vector: bytes, count: bytes.length });

/** Parents first, children behind them: offsets in a FlatBuffer point forward. */
export function writeFlatBuffer(root: FlatNode, identifier: string): Uint8Array<ArrayBuffer> {
  let bytes = new Uint8Array(2 ** 16);
  let end = 8;
  const view = (): DataView => new DataView(bytes.buffer);
  const reserve = (length: number): number => {
    const at = end;
    end += Math.ceil(length / 4) * 4;
    if (end > bytes.length) {
      const larger = new Uint8Array(end * 2);
      larger.set(bytes);
      bytes = larger;
    }
    return at;
  };
  const point = (at: number, node: FlatNode): void => {
    const target = write(node);
    view().setUint32(at, target - at, true);
  };
  const writeField = (at: number, field: NonNullable<FlatField>): void => {
    if ('ref' in field) point(at, field.ref);
    else view().setInt32(at, 'int8' in field ? field.int8 & 0xff : field.int32, true);
  };
  const writeTable = (fields: readonly FlatField[]): number => {
    const layout = reserve(4 + 2 * fields.length);
    const table = reserve(4 + 4 * fields.length);
    view().setUint16(layout, 4 + 2 * fields.length, true);
    view().setInt32(table, table - layout, true);
    for (const [i, field] of fields.entries()) {
      const at = table + 4 + 4 * i;
      if (!field) continue;
      view().setUint16(layout + 4 + 2 * i, at - table, true);
      writeField(at, field);
    }
    return table;
  };
  const write = (node: FlatNode): number => {
    if ('table' in node) return writeTable(node.table);
    const count = 'tables' in node ? node.tables.length : node.count;
    const at = reserve(4 + ('tables' in node ? 4 * count : node.vector.length));
    view().setUint32(at, count, true);
    if ('vector' in node) bytes.set(node.vector, at + 4);
    else for (const [i, child] of node.tables.entries()) point(at + 4 + 4 * i, child);
    return at;
  };
  bytes.set(new TextEncoder().encode(identifier), 4);
  point(0, root);
  return bytes.slice(0, end);
}
