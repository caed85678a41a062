import { z } from 'zod';
import type { Draft } from '../../db/worklist/drafts.ts';
import type { DraftView } from '../../contract/tasks.ts';
import { iso } from './instants.ts';

const Words = z.record(z.string(), z.unknown());

/** A draft for the officer who has claimed the task. */
export const draftView = (draft: Draft | undefined): { draft?: DraftView } =>
  draft ? { draft: { by: draft.by, at: iso(draft.at), words: Words.parse(draft.words) } } : {};
