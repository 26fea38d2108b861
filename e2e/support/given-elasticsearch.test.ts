// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { givenElasticsearch } from './given-elasticsearch.ts';

test('without an address nothing is given', () => {
  expect(givenElasticsearch({ ELASTICSEARCH_API_KEY: 'key' })).toBeUndefined();
});

test('an API key goes before user name and password', () => {
  const env = {
    ELASTICSEARCH_URL: 'https://search.example:9200/',
    ELASTICSEARCH_API_KEY: 'key',
    ELASTICSEARCH_USERNAME: 'anna',
  };
  expect(givenElasticsearch(env)).toEqual({
    url: 'https://search.example:9200',
    headers: { authorization: 'ApiKey key' },
    env,
  });
});

test('user name and password become a Basic header', () => {
  const given = givenElasticsearch({
    ELASTICSEARCH_URL: 'http://search.example',
    ELASTICSEARCH_USERNAME: 'anna',
    ELASTICSEARCH_PASSWORD: 'geheim',
  });
  expect(given?.headers.authorization).toBe('Basic YW5uYTpnZWhlaW0=');
});
