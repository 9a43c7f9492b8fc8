import type { Texts } from '../en.ts';
import type { pretrainedWords } from '../en/pretrained.ts';

/** The trained networks that come with Latentbrush, in Korean. */
export const pretrainedWordsKo: Texts<typeof pretrainedWords> = {
  'pretrained.title': '바로 가지고 놀기',
  'pretrained.about': 'Latentbrush에 들어 있는 작은 신경망들입니다. 이미 학습되어 있습니다.',
  'pretrained.group': 'Latentbrush에 들어 있음',
  'pretrained.own': '내가 학습한 것',
  'pretrained.runs': 'Latentbrush에 들어 있는 신경망',
  'pretrained.runs.about': '이미 학습되어 있고 쓰기만 할 수 있습니다. 이어서 학습하지는 않습니다.',
  'pretrained.faces-vae': '얼굴의 공간',
  'pretrained.faces-vae.do': '얼굴 사이를 끌고 다니며 웃게 만들기',
  'pretrained.faces-gan': '아무도 그리지 않은 얼굴',
  'pretrained.faces-gan.do': '새 얼굴을 뽑고 서로 섞기',
  'pretrained.moby-dick': '모비 딕',
  'pretrained.moby-dick.do': '책의 말투로 함께 글쓰기',
  'pretrained.starry-night': '별이 빛나는 밤',
  'pretrained.starry-night.do': '내 그림을 1초 만에 반 고흐처럼',
  'pretrained.great-wave': '가나가와의 큰 파도',
  'pretrained.great-wave.do': '내 그림을 1초 만에 호쿠사이처럼',
  'pretrained.the-scream': '절규',
  'pretrained.the-scream.do': '내 그림을 1초 만에 뭉크처럼',
  'concept.smile': '미소',
  'concept.open-mouth': '벌린 입',
  'concept.outline': '윤곽선',
  'concept.tears': '눈물',
  'concept.tongue': '혀',
  'fast.way': '그리는 방법',
  'fast.way.slow': '어떤 그림이든',
  'fast.way.fast': '1초 만에',
  'fast.about': '그림과 스타일을 고르세요. 그 스타일을 익힌 작은 신경망이 바로 그립니다.',
  'fast.style': '스타일',
};
