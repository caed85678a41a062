import { expect, it } from 'vitest';
import { stepName } from '../../api/views/names.ts';
import { loadCatalog } from '../../domain/authoring/load-catalog.ts';

it('distinguishes the steps of twins by the number of the child', async () => {
  const catalog = await loadCatalog('catalog');
  if (!catalog.ok) throw new Error('the catalog has problems');
  const { matter } = catalog.matters.find((one) => one.matter.code === 'newborn-registration')!;
  expect(stepName(matter, 'vaccination-card.2')).toEqual({ zh: '预防接种证办理（2）', en: 'Vaccination card (2)' });
  expect(stepName(matter, 'vaccination-card')).toEqual({ zh: '预防接种证办理', en: 'Vaccination card' });
});
