// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { keysMeant, readBucketEvents } from './bucket-events.ts';

const s3 = (bucket: string, key: string) => ({ s3: { bucket: { name: bucket }, object: { key, size: 3 } } });

test('S3 records name their objects, in whatever dialect', () => {
  const aws = {
    Records: [{ eventVersion: '2.1', eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', ...s3('b', 'a') }],
  };
  const versitygw = {
    Records: [
      { eventVersion: '2.2', eventName: 's3:ObjectRemoved:Delete', ...s3('b', 'x') },
      { eventName: 's3:ObjectCreated:Copy', ...s3('b', 'y') },
    ],
  };
  const rgw = {
    Records: [{ eventSource: 'ceph:s3', eventName: 'ObjectCreated:Put', ...s3('b', 'z'), eventId: '1.2.3' }],
  };
  expect(readBucketEvents(aws)).toEqual({ kind: 'keys', keys: [{ bucket: 'b', key: 'a' }] });
  expect(readBucketEvents(versitygw)).toEqual({
    kind: 'keys',
    keys: [
      { bucket: 'b', key: 'x' },
      { bucket: 'b', key: 'y' },
    ],
  });
  expect(readBucketEvents(rgw)).toEqual({ kind: 'keys', keys: [{ bucket: 'b', key: 'z' }] });
});

test('EventBridge and SNS are read, and SNS is confirmed by a person', () => {
  const bridge = {
    'detail-type': 'Object Created',
    source: 'aws.s3',
    detail: { bucket: { name: 'b' }, object: { key: 'a b.wav' } },
  };
  expect(readBucketEvents(bridge)).toEqual({ kind: 'keys', keys: [{ bucket: 'b', key: 'a b.wav' }] });
  const sns = { Type: 'Notification', Message: JSON.stringify({ Records: [s3('b', 'a')] }) };
  expect(readBucketEvents(sns)).toEqual({ kind: 'keys', keys: [{ bucket: 'b', key: 'a' }] });
  expect(readBucketEvents({ Type: 'Notification', Message: 'no JSON' })).toEqual({ kind: 'unknown' });
  const confirmation = { Type: 'SubscriptionConfirmation', SubscribeURL: 'https://sns.example/confirm' };
  expect(readBucketEvents(confirmation)).toEqual({ kind: 'confirm', url: 'https://sns.example/confirm' });
});

test('a test event is one, anything else is unknown', () => {
  expect(readBucketEvents({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'b' })).toEqual({ kind: 'test' });
  for (const body of [null, 3, 'x', [], {}, { Records: [{}] }, { Records: {} }])
    expect(readBucketEvents(body)).toEqual({ kind: 'unknown' });
});

test('a key that may be encoded is read both ways, any other one way', () => {
  expect(keysMeant('in/tune.wav')).toEqual(['in/tune.wav']);
  expect(keysMeant('in/tune+1+%C3%A9.wav')).toEqual(['in/tune+1+%C3%A9.wav', 'in/tune 1 é.wav']);
  expect(keysMeant('in/tune +1 é%20.wav')).toEqual(['in/tune +1 é%20.wav']);
  expect(keysMeant('100%.wav')).toEqual(['100%.wav']);
  expect(keysMeant('%FF.wav')).toEqual(['%FF.wav']);
  expect(keysMeant('tune.wav.json')).toEqual(['tune.wav.json', 'tune.wav']);
  expect(keysMeant('notes.json')).toEqual(['notes.json']);
});
