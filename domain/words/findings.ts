import { MAX_LINKS, MAX_STEPS } from '../matter/bounds.ts';
import type { Text } from '../matter/schema.ts';

/** What is wrong in a definition, and how to fix it. */
export interface FindingWords {
  message: Text;
  fix: Text;
}

export const words = (message: Text, fix: Text): FindingWords => ({ message, fix });
export const text = (zh: string, en: string): Text => ({ zh, en });

/** What a definition can refer to by its id. */
const REFERENCES = {
  agency: { zh: '部门', en: 'agency' },
  step: { zh: '环节', en: 'step' },
  material: { zh: '材料', en: 'material' },
  matter: { zh: '事项', en: 'matter' },
  part: { zh: '公用部分', en: 'part' },
} as const satisfies Record<string, Text>;

/** The nearest of the known names; else all of them. */
export const suggestion = (nearest: string | undefined, known: readonly string[]): Text => {
  if (nearest !== undefined) return text(`是否指“${nearest}”？`, `Did you mean “${nearest}”?`);
  return known.length === 0
    ? text('此处没有可用的名称。', 'No name is known here.')
    : text(`此处可用：${known.join('、')}。`, `Known here: ${known.join(', ')}.`);
};

/** The findings of the linter about the sections of a matter. */
export const MATTER_FINDINGS = {
  unknown: (kind: keyof typeof REFERENCES, id: string, fix: Text) =>
    words(text(`没有${REFERENCES[kind].zh}“${id}”`, `There is no ${REFERENCES[kind].en} “${id}”`), fix),
  conditionalAcceptance: (id: string) =>
    words(
      text(
        `“${id}”不是每件都恰好办理一次，有的办件将永远不能受理`,
        `“${id}” does not run exactly once in every case, so some cases would never be accepted`,
      ),
      text(
        '请填写没有 when 和 forEach 的环节，或删去 acceptedBy。',
        'Name a step without when and forEach, or leave acceptedBy out.',
      ),
    ),
  acceptanceNeverRefused: (id: string) =>
    words(
      text(
        `“${id}”这类环节不能作出不予决定，无法作为受理环节`,
        `“${id}” is of a kind that cannot be refused, so no case could end as not accepted`,
      ),
      text(
        '请填写 kind 为 review 的环节，或删去 acceptedBy。',
        'Name a step of the kind review, or leave acceptedBy out.',
      ),
    ),
  materialUnproduced: (id: string, step: string) =>
    words(
      text(
        `“${id}”应由环节“${step}”产生，但该环节没有 output`,
        `“${id}” should come from step “${step}”, which has no output`,
      ),
      text(
        `请为环节 ${step} 添加 output: { id: …, name: … }，或更换材料来源。`,
        `Add output: { id: …, name: … } to step ${step}, or give the material another source.`,
      ),
    ),
  needlessWhenText: (id: string) =>
    words(
      text(`“${id}”有 whenText，没有 when`, `“${id}” has a whenText and no when`),
      text('请用 when 写明条件，或删去 whenText。', 'Add the condition as when, or remove whenText.'),
    ),
  missingWhenText: (id: string) =>
    words(
      text(`“${id}”有条件，没有“whenText”`, `“${id}” has a condition and no “whenText”`),
      text(
        '请添加 whenText: { zh: …, en: … }，用文字说明条件。',
        'Add whenText: { zh: …, en: … }: the condition in words.',
      ),
    ),
  instantWithoutRules: (id: string) =>
    words(
      text(`“${id}”由规则决定，但没有规则`, `“${id}” is decided by rules, but has no rules`),
      text(
        '请添加 rules: [{ id, name, source, expr }]，或改为 kind: approve。',
        'Add rules: [{ id, name, source, expr }], or make it kind: approve.',
      ),
    ),
  rulesWithoutInstant: (id: string) =>
    words(
      text(
        `“${id}”有规则，但只有 kind 为 instant 的环节由规则决定`,
        `“${id}” has rules, but only steps of kind instant are decided by rules`,
      ),
      text('请改为 kind: instant，或删去规则。', 'Make it kind: instant, or remove the rules.'),
    ),
  limitOrder: () =>
    words(
      text('承诺时限长于法定时限', 'The promised limit is longer than the statutory limit'),
      text('承诺时限不得长于法定时限。', 'Promise at most the statutory limit.'),
    ),
  cycle: (steps: readonly string[]) =>
    words(
      text(`这些环节互相等待：${steps.join(' → ')}`, `These steps wait for each other: ${steps.join(' → ')}`),
      text('请删去其中一个 needs。', 'Remove one of these needs.'),
    ),
  undoOrder: (other: string, id: string, key: string) =>
    words(
      text(`“${other}”在“${id}”开始前已经结束`, `“${other}” has ended before “${id}” starts`),
      text(`请在 ${key} 中填写 ${id} 之后的环节。`, `Name a step in ${key} that comes after ${id}.`),
    ),
  materialOrder: (step: string, material: string, source: string) =>
    words(
      text(
        `“${step}”使用“${material}”，它由“${source}”产生，但“${step}”不等待该环节`,
        `“${step}” uses “${material}”, which comes from “${source}”, and does not wait for that step`,
      ),
      text(`请在它的 needs 中添加 ${source}。`, `Add ${source} to its needs.`),
    ),
  unknownResult: (step: string, field: string, fix: Text) =>
    words(text(`环节“${step}”的结果没有“${field}”`, `The result of step “${step}” has no “${field}”`), fix),
  resultOrder: (step: string, giver: string) =>
    words(
      text(
        `“${step}”使用“${giver}”的结果，但不等待该环节`,
        `“${step}” reads the result of “${giver}”, and does not wait for that step`,
      ),
      text(`请在它的 needs 中添加 ${giver}。`, `Add ${giver} to its needs.`),
    ),
  needlessResult: (step: string, path: string) =>
    words(
      text(
        `“${step}”只送达或告知，不需要个人信息“${path}”`,
        `“${step}” only delivers or notifies, and does not need the personal data “${path}”`,
      ),
      text('请从 discloses 中删去。', 'Remove it from discloses.'),
    ),
  stepInTwoItems: (id: string, other: string) =>
    words(
      text(`“${id}”已属于事项“${other}”`, `“${id}” belongs to the item “${other}” already`),
      text('请只保留在其中一个事项。', 'Leave it in one of the two.'),
    ),
  itemOfTwoLists: (id: string, first: string) =>
    words(
      text(
        `“${id}”和“${first}”按不同的列表重复，不能在同一事项中`,
        `“${id}” and “${first}” are repeated over different lists, so they cannot be in one item`,
      ),
      text('请另设事项，或使用相同的 forEach。', 'Give it an item of its own, or the same forEach.'),
    ),
  metByNoStep: () =>
    words(
      text('metBy: step 的期限没有 step', 'A limit with metBy: step has no step'),
      text('请添加 step，或删去 metBy。', 'Add step, or remove metBy.'),
    ),
  otherList: (step: string, list: string) =>
    words(
      text(`“${step}”按“${list}”重复`, `“${step}” is repeated over “${list}”`),
      text('请删去 each：按该列表逐项计算。', 'Remove each: the limit follows that list.'),
    ),
  unreachableLength: () =>
    words(
      text('前一项没有 when，此项永远不会适用', 'The entry before it has no when, so this one never counts'),
      text('请把没有 when 的一项放在最后。', 'Put the entry without when last.'),
    ),
  duplicateId: (id: string) =>
    words(
      text(`“${id}”重复`, `“${id}” is used twice`),
      text('请为其中一个更换 id。', 'Give one of the two another id.'),
    ),
  noField: (path: string, id: string, fix: Text) =>
    words(text(`表单中没有“${path}”：没有“${id}”`, `The form has no field “${path}”: there is no “${id}”`), fix),
  notAList: (id: string) =>
    words(text(`“${id}”不是列表`, `“${id}” is not a list`), text(`请写 ${id}，不带 []。`, `Write ${id} without [].`)),
  isAList: (id: string) =>
    words(
      text(`“${id}”是列表`, `“${id}” is a list`),
      text(`列表中的各项请写 ${id}[]。`, `Write ${id}[] for its items.`),
    ),
  formatByChoice: (field: string, fix: Text) =>
    words(
      text(
        `formatBy 应指同组内的选择字段，且没有 format：“${field}”不是`,
        `formatBy names a choice of the same group, without a format of its own: “${field}” is none`,
      ),
      fix,
    ),
  formatByValue: (value: string, fix: Text) =>
    words(text(`“${value}”不是该选择字段的可选项`, `“${value}” is not a value of that choice`), fix),
  unreadFact: (path: string) =>
    words(
      text(
        `没有任何检查或规则读取“${path}”，填错也不会被发现`,
        `No check and no rule reads “${path}”, so a mistake in it is not noticed`,
      ),
      text(
        '请添加 check 与其他信息比较（如 birthDateOf、today），或给数字设定 minimum 和 maximum。',
        'Add a check that compares it with another fact (birthDateOf, today), or give a number minimum and maximum.',
      ),
    ),
  notADate: (field: string) =>
    words(
      text(`“${field}”不是日期，不能按月比较`, `“${field}” is no date, so it cannot be compared by months`),
      text('请把日期字段写在最后，或删去 months。', 'Put a date last, or remove months.'),
    ),
  formTooLarge: (most: number, limit: number) =>
    words(
      text(
        `各列表全部填满时表单有 ${most} 个值，最多读取 ${limit} 个`,
        `With every list full the form has ${most} values, and at most ${limit} are read`,
      ),
      text('请减小某个列表的 maxItems，或删去部分字段。', 'Lower maxItems of a list, or remove fields.'),
    ),
  caseTooLarge: ({ steps, links }: { steps: number; links: number }, list: string | undefined) =>
    words(
      steps > MAX_STEPS
        ? text(
            `各列表全部填满时办件有 ${steps} 个环节，最多允许 ${MAX_STEPS} 个`,
            `With every list full a case has ${steps} steps, and at most ${MAX_STEPS} are possible`,
          )
        : text(
            `各列表全部填满时办件的环节之间有 ${links} 条联系，最多允许 ${MAX_LINKS} 条`,
            `With every list full a case has ${links} links between its steps, and at most ${MAX_LINKS} are possible`,
          ),
      list === undefined
        ? text('请拆分事项，或合并同一部门的环节。', 'Divide the matter, or combine steps of one agency.')
        : text(
            `请减小“${list}”的 maxItems，或减少按它重复的环节。`,
            `Lower maxItems of “${list}”, or repeat fewer steps over it.`,
          ),
    ),
  reservedName: (id: string) =>
    words(
      text(`“${id}”是表达式的保留字`, `“${id}” is a reserved word in expressions`),
      text('请更换名称。', 'Choose another name.'),
    ),
  unsafeName: (id: string) =>
    words(
      text(`“${id}”不能作为字段的 id`, `“${id}” is not allowed as the id of a field`),
      text('请更换 id。', 'Choose another id.'),
    ),
  wrongProperty: (id: string, type: string, property: string, allowed: readonly string[]) =>
    words(
      text(`“${id}”的类型是 ${type}，没有“${property}”`, `“${id}” is of type ${type}, which has no “${property}”`),
      text(
        `请删去；${type} 可用的键：${allowed.join('、') || '无'}。`,
        `Remove it; ${type} has ${allowed.join(', ') || 'no further keys'}.`,
      ),
    ),
  missingProperty: (id: string, type: string, property: string) =>
    words(
      text(`“${id}”的类型是 ${type}，缺少 ${property}`, `“${id}” is of type ${type} and has no ${property}`),
      text(`请添加 ${property}。`, `Add ${property}.`),
    ),
  range: (id: string, low: string, high: string) =>
    words(
      text(`“${id}”：${low} 大于 ${high}`, `“${id}”: ${low} is above ${high}`),
      text('请对调，或更正其中一个。', 'Swap them, or correct one of them.'),
    ),
  checkWithoutItem: (field: string, list: string) =>
    words(
      text(
        `“${field}”在列表中，而校验没有说明针对哪一项`,
        `“${field}” is in a list, and the check does not say which item it is about`,
      ),
      text(`请添加 each: ${list}，或以列表本身作为字段。`, `Add each: ${list}, or name the list itself as the field.`),
    ),
  notADivision: (field: string) =>
    words(
      text(`“${field}”不是行政区划`, `“${field}” is not a division`),
      text('请填写 format 为 division 的文字字段。', 'Name a text field with format: division.'),
    ),
  divisionOfItem: (field: string, list: string) =>
    words(
      text(
        `“${field}”在列表中，而环节不按“${list}”重复`,
        `“${field}” is in a list, and the step is not repeated for ${list}`,
      ),
      text(
        `请添加 forEach: ${list}，或使用列表以外的字段。`,
        `Add forEach: ${list}, or name a field outside of the list.`,
      ),
    ),
  unknownList: (id: string, fix: Text) =>
    words(text(`“${id}”不是表单中的列表`, `“${id}” is not a list of the form`), fix),
  notSingleValue: (field: string) =>
    words(
      text(`“${field}”不是单个文字、数字或选项`, `“${field}” is not a single text, number or choice`),
      text('请使用只含一个值的字段。', 'Use a field that holds one value.'),
    ),
  severalLists: () =>
    words(
      text('这些字段在不同的列表中', 'The fields are in more than one list'),
      text('请使用同一列表的字段，或列表以外的字段。', 'Use fields of one list, or fields outside of lists.'),
    ),
  keyUnmatched: (code: string, key: string) =>
    words(
      text(
        `“${code}”没有 key 为“${key}”的规则，不可能查到重复`,
        `“${code}” has no rule with the key “${key}”, so no duplicate could be found`,
      ),
      text(
        `请在 ${code} 中添加 key: ${key} 的规则，或使用它已有的 key。`,
        `Add a rule with key: ${key} to ${code}, or use a key that it has.`,
      ),
    ),
} as const;

/** The findings about the files of a catalog and the parts that matters share. */
export const FILE_FINDINGS = {
  folderName: (code: string, file: string) =>
    words(
      text(`文件夹名称与“${code}”不一致`, `The folder is not named after “${code}”`),
      text(`请把文件放在 ${file}。`, `Put the file at ${file}.`),
    ),
  misplaced: (file: string) =>
    words(
      text('不从这里读取事项', 'A matter is not read from here'),
      text(`请把文件放在 ${file}。`, `Put the file at ${file}.`),
    ),
  duplicateKey: (key: string) =>
    words(
      text(`“${key}”在同一处写了两次`, `“${key}” is written twice in one place`),
      text('请删去其中一个，或更正名称。', 'Remove one of the two, or correct its name.'),
    ),
  /** `reason`: of the YAML parser, which is in English only. */
  yaml: (reason: string) =>
    words(
      text(`YAML 语法错误：${reason}`, reason),
      text(
        '请更正此处的 YAML。文字中有“: ”或“#”，或在 { … } 中含有逗号或括号时，请加引号。',
        'Correct the YAML here. Put a text in quotes if it has “: ” or “#”, or if it stands in { … } and has a comma or a bracket.',
      ),
    ),
  alias: (name: string) =>
    words(
      text(`不支持别名“*${name}”`, `The alias “*${name}” is not supported`),
      text('请在此写出内容。', 'Write the content here.'),
    ),
  emptyPart: (kinds: readonly string[]) => words(text('该部分没有内容', 'The part holds nothing'), partHolds(kinds)),
  wrongPartKey: (name: string, fix: Text) =>
    words(text(`公用部分不能含有“${name}”`, `A part cannot hold “${name}”`), fix),
  notEntries: (name: string, kinds: readonly string[]) =>
    words(text(`“${name}”不是条目列表`, `“${name}” is not a list of entries`), partHolds(kinds)),
  unusedPart: (name: string) =>
    words(
      text(`没有事项使用公用部分“${name}”`, `No matter uses the part “${name}”`),
      text('请删去该文件，或加以使用。', 'Remove the file, or use it.'),
    ),
  partUsesItself: (name: string) =>
    words(
      text(`公用部分“${name}”使用了自身`, `The part “${name}” uses itself`),
      text('请在此写出各条目。', 'Write its entries out here.'),
    ),
  partWithoutKind: (name: string, kind: string) =>
    words(
      text(`公用部分“${name}”没有 ${kind}`, `The part “${name}” has no ${kind}`),
      text('请用在适合其条目种类的位置。', 'Use it where entries of its kinds belong.'),
    ),
  partWithoutPlace: (name: string) =>
    words(
      text(`“${name}”用于表单中的一组内容，须写明位置`, `“${name}” is for a group of the form, and needs its place`),
      text('请在 use 旁添加 at: mother（列表写 owners[]）。', 'Add at: mother beside use (at: owners[] for a list).'),
    ),
  partOfSeveral: (name: string) =>
    words(
      text(
        `“use”旁的键只能替换一个条目的键，而“${name}”有多个条目`,
        `Keys beside “use” replace those of one entry, and “${name}” has several`,
      ),
      text('请写出各条目。', 'Write the entries out.'),
    ),
} as const;

const partHolds = (kinds: readonly string[]): Text =>
  text(`公用部分含有列表：${kinds.join('、')}。`, `A part holds lists: ${kinds.join(', ')}.`);

/** The findings of the linter about a directory of offices. */
export const OFFICE_FINDINGS = {
  division: (division: string, unknown: Text) =>
    words(
      text(`区划“${division}”：${unknown.zh}`, `Division “${division}”: ${unknown.en}`),
      text('请填写现行区划代码，或其前 2、4 位。', 'Write the code of a division, or its first 2 or 4 digits.'),
    ),
  forNothing: (id: string) =>
    words(
      text(`“${id}”既没有 agencies，也不是 window`, `“${id}” has no agencies and is no window`),
      text('请写明 agencies，或写 window: true。', 'Name its agencies, or write window: true.'),
    ),
  backwards: (from: string) =>
    words(
      text(`在 ${from} 之前结束`, `It ends before ${from}`),
      text('请更正 from 或 until。', 'Correct from or until.'),
    ),
} as const;
