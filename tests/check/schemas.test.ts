import { expect, test } from 'vitest';
import { jsonSchema, schemaNames } from '../../src/definition/json-schema.ts';

test.each(schemaNames)('schemas/%s.schema.json is what `preinfuse schema` prints', async (name) => {
  await expect(jsonSchema(name)).toMatchFileSnapshot(`../../schemas/${name}.schema.json`);
});
