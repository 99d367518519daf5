/** An S3 bucket as a remote: s3://BUCKET/PREFIX, each request signed (AWS Signature Version 4). Names and sends; the rest is HTTP. */
import { AwsV4Signer } from 'aws4fetch';
import { HttpStore } from './http-store.ts';

/** What the usual environment variables say. */
export interface S3Access {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region: string;
  /** Of another server than Amazon's. */
  readonly endpoint?: string;
}

/** The bucket is part of the path, which every server understands. */
export function s3Store(url: URL, access: S3Access): HttpStore {
  const { endpoint, region, ...secrets } = access;
  const base = new URL(endpoint ?? `https://s3.${region}.amazonaws.com`);
  base.pathname = `${base.pathname.replace(/\/+$/, '')}/${url.host}${url.pathname}`;
  return new HttpStore(base, `s3://${url.host}${url.pathname}`, async ({ method, url: asked, headers }) => {
    const signer = new AwsV4Signer({
      ...secrets,
      ...{ method, url: asked.href, service: 's3', region },
      // The bytes are named by their SHA-256 and looked at on arrival: they need not be hashed once more to be sent.
      headers: { ...headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
    });
    return Object.fromEntries((await signer.sign()).headers);
  });
}
