import { crc32, deflateSync } from 'node:zlib';

/** A PNG as merchants have them: a green leaf-like shape on nothing. */
export function aLogo({ width, height }: { readonly width: number; readonly height: number }): Buffer {
  const rows = Array.from({ length: height }, (_, y) =>
    Buffer.concat([Buffer.from([0]), ...Array.from({ length: width }, (_, x) => pixel(x / width, y / height))]),
  );
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const start = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const data = deflateSync(Buffer.concat(rows));
  return Buffer.concat([start, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

function pixel(x: number, y: number): Buffer {
  const isLeft = (x - 0.32) ** 2 + (y - 0.5) ** 2 < 0.09;
  const isRight = (x - 0.68) ** 2 + (y - 0.5) ** 2 < 0.09;
  if (!isLeft && !isRight) return Buffer.from([0, 0, 0, 0]);
  return Buffer.from(isLeft && isRight ? [6, 70, 52, 255] : isLeft ? [11, 107, 79, 255] : [90, 178, 140, 255]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body) >>> 0);
  return Buffer.concat([length, body, check]);
}
