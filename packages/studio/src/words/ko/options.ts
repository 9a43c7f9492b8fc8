import { namedInSentencesKo } from './named-in-sentences.ts';
import { trainingOptionWordsKo } from './training-options.ts';

/** Labels and help of options in Korean: by the system and the option, and by the option alone if it means the same everywhere. */
export const optionWordsKo: Readonly<Record<string, readonly [label: string, help: string]>> = {
  'dream.layers': ['층', '강조할 층 또는 채널과 그 세기'],
  'dream.objective': [
    '목표',
    '무엇을 키울지: squares는 책에서처럼 활성값의 제곱(강한 곳이 두드러짐), mean은 Lucid처럼 평균(더 고르게)',
  ],
  'dream.octaves': ['옥타브', '작은 크기부터 원본 크기까지, 차례로 꿈꾸는 크기의 수'],
  'dream.octaveScale': ['옥타브 비율', '크기 사이의 비율'],
  'dream.iterations': ['반복', '각 크기에서 경사를 오르는 단계 수'],
  'dream.stepSize': ['단계 크기', '한 단계에서 픽셀이 평균적으로 바뀌는 양 (픽셀 값은 -1부터 1까지)'],
  'dream.maxLoss': [
    '손실 한계',
    '손실이 이 값을 넘으면 그 크기에서 멈춥니다. 손실이 크면 그림이 지저분해질 수 있습니다',
  ],
  'dream.tile': [
    '타일',
    '메모리를 아끼기 위해 이 픽셀 크기의 정사각형으로 나누어 계산합니다. 0이면 나누지 않습니다 (기본: 150만 화소가 넘는 그림은 512)',
  ],
  'dream.jitter': ['흔들림', '단계마다 그림을 이 픽셀 수까지 무작위로 옮깁니다'],
  'dream.edges': [
    '가장자리',
    'fade는 책에서처럼 가장자리로 갈수록 꿈이 옅어지고, wrap은 그림을 돌려 가며 계산해 가장자리까지 세부가 생깁니다',
  ],
  'dream.blur': ['흐림', '기울기를 이 픽셀 크기의 가우시안으로 부드럽게 합니다'],
  'dream.laplacian': [
    '라플라시안',
    '같은 세기로 맞출 기울기의 크기 수. 늘릴수록 더 큰 모양이 생깁니다 (Mordvintsev 2015: 4)',
  ],
  'dream.decorrelate': ['색 상관 제거', 'Lucid처럼 상관을 없앤 색 공간에서 기울기를 따릅니다'],
  seed: ['시드', '모든 무작위의 시작값. 같은 시드는 같은 결과를 만듭니다'],
  'text.shards': [
    '배치 분할',
    '한 배치를 나누어 동시에 계산할 조각의 수. 수가 같으면 결과도 같습니다 (기본: 배치와 프로세서에 따라)',
  ],
  'vae.shards': [
    '배치 분할',
    '한 배치를 나누어 동시에 계산할 조각의 수. 수가 같으면 결과도 같습니다 (기본: 1)',
  ],
  threads: ['스레드', '사용할 프로세서 스레드 수 (기본: 전부)'],
  'dream.backbone': ['신경망', '사용할 신경망: inception_v3, embedded, resnet50, xception, vgg16, vgg19'],
  'dream.preprocessing': ['전처리', '.onnx 파일의 신경망에 맞는 전처리 (기본: imagenet)'],
  'dream.size': ['크기', '더 큰 그림을 먼저 줄입니다: 긴 변의 픽셀 수'],
  'dream.noise': ['잡음', '그림 대신 이 크기의 잡음에서 시작합니다'],
  sourceFrame: ['프레임', '애니메이션의 이 프레임을 사용합니다 (1부터)'],
  'dream.saveOctaves': ['옥타브마다 저장', '각 옥타브 뒤의 그림도 남깁니다'],
  checkpoint: ['체크포인트', '쓸 체크포인트: latest, best, 또는 남아 있는 체크포인트의 단계'],
  'style.size': ['크기', '더 큰 그림을 먼저 줄입니다: 긴 변의 픽셀 수'],
  'style.height': ['높이', '결과의 높이(픽셀). 너비는 비율에 따라 정해집니다'],
  'style.rounds': ['라운드', '최적화 라운드 수. 라운드마다 그림이 하나 나옵니다'],
  'style.evaluations': ['평가 횟수', '한 라운드에서 손실과 기울기를 계산하는 최대 횟수'],
  'style.contentWeight': ['내용 가중치', '원래 그림을 지키는 정도 (vgg: 0.025)'],
  'style.styleWeight': ['스타일 가중치', '스타일을 따르는 정도 (vgg: 1)'],
  'style.tvWeight': ['매끄러움 가중치', '총변동: 매끄러움의 가중치 (vgg: 0.0001)'],
  'style.contentLayer': ['내용 층', '내용을 비교하는 층 (vgg: block5_conv2)'],
  'style.styleLayers': ['스타일 층', '스타일을 비교하는 층들 (vgg: block1_conv1부터 block5_conv1까지)'],
  'style.styleBlend': ['스타일 혼합', '스타일 그림이 여럿일 때 각각의 가중치 (기본: 같게)'],
  'style.styleSize': [
    '스타일 크기',
    '결과에 대한 스타일 그림의 상대 크기. 1보다 작으면 붓 자국이 고와집니다',
  ],
  'style.init': ['시작점', '최적화를 시작하는 그림: content는 원래 그림, noise는 잡음'],
  'style.optimizer': ['옵티마이저', '픽셀을 최적화하는 방법'],
  'style.learningRate': ['학습률', 'Adam의 학습률 (색 값은 0부터 255까지)'],
  'style.keepColors': [
    '색 유지',
    '원래 그림의 색을 지킵니다. luminance는 밝기만 칠하고, histogram은 먼저 그 색을 스타일에 입힙니다 (Gatys 등 2016)',
  ],
  'style.pyramid': ['피라미드', '거친 것부터 고운 것까지 크기의 수, 매번 두 배 (vgg: 책에서처럼 1)'],
  'style.pooling': ['풀링', 'vgg의 풀링. average가 더 부드럽습니다 (Gatys 등 2015)'],
  'style.losses': [
    '손실',
    'book은 책과 같은 합, normalized는 각 항을 시작값에 대한 비율로 계산해 가중치의 뜻이 어디서나 같습니다 (vgg: book)',
  ],
  'style.smoothing': ['활성값 완화', '활성값을 완화하는 온도 (SWAG, CVPR 2021). 0이면 쓰지 않습니다'],
  'style.maxMemory': ['메모리 한계', '사용할 수 있는 메모리 GiB (기본: 남은 메모리의 80 %)'],
  'style.saveRounds': ['라운드마다 저장', '각 라운드 뒤의 그림도 남깁니다'],
  'style.backbone': [
    '신경망',
    '그림을 비교하는 신경망: vgg19, vgg16, inception_v3, embedded (기본: vgg19를 쓸 수 있으면 vgg19, 아니면 embedded)',
  ],
  ...trainingOptionWordsKo,
  ...namedInSentencesKo,
};
