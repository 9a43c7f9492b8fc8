/** A pretrained network with weights by name. */
export interface PretrainedWeights {
  /** The name of the network in Keras: `inception_v3`, `vgg19` ... */
  readonly name: string;
  readonly title: string;
  /** Where to download the file. */
  readonly url: string;
  /** Name of the file in Keras. */
  readonly fileName: string;
  /** MD5 of the file as hexadecimal digits; Keras publishes nothing better. */
  readonly md5: string;
  /** Size of the file in bytes. */
  readonly size: number;
  /** MD5 of Keras' file with the classifier, whose name has no `_notop`. */
  readonly withClassifier: string;
  /** Name of torchvision's file, if its weights can be read; its last eight digits are the beginning of its SHA-256. */
  readonly torchvision?: string;
  /** Terms of use of the weights, from Keras' documentation. */
  readonly licence: string;
  /** The preprocessing of pictures: `keras.applications.imagenet_utils.preprocess_input` in the mode `tf` or `caffe`. */
  readonly preprocessing: 'inception' | 'caffe';
  /** The last layer with weights here: the classifier is left out. */
  readonly end: string;
  /** The paper of the network. */
  readonly paper: string;
}

/** Weights without the classifier ("notop"), trained on ImageNet. */
const KERAS = 'https://storage.googleapis.com/tensorflow/keras-applications';

/**
 * The networks that `locateWeights` finds by name. Addresses and checksums are from the source of `keras.applications`, sizes from the
 * server of the files.
 */
export const pretrainedWeights = {
  inception_v3: {
    name: 'inception_v3',
    title: 'InceptionV3 without its classifier, trained on ImageNet',
    url: `${KERAS}/inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5`,
    fileName: 'inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5',
    md5: 'bcbd6486424b2319ff4ef7d526e38f63',
    size: 87_910_968,
    withClassifier: '9a0d58056eeedaa3f26cb7ebd46da564',
    torchvision: 'inception_v3_google-0cc3c7bd.pth',
    licence: 'Apache-2.0 (Google)',
    preprocessing: 'inception',
    end: 'mixed10',
    paper: 'Szegedy et al. 2015, Rethinking the Inception Architecture for Computer Vision, arXiv:1512.00567',
  },
  resnet50: {
    name: 'resnet50',
    title: 'ResNet50 without its classifier, trained on ImageNet',
    url: `${KERAS}/resnet/resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5`,
    fileName: 'resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5',
    md5: '4d473c1dd8becc155b73f8504c6f6626',
    size: 94_765_736,
    withClassifier: '2cb95161c43110f7111970584f804107',
    licence: 'MIT (Kaiming He)',
    preprocessing: 'caffe',
    end: 'conv5_block3_out',
    paper: 'He et al. 2015, Deep Residual Learning for Image Recognition, arXiv:1512.03385',
  },
  xception: {
    name: 'xception',
    title: 'Xception without its classifier, trained on ImageNet',
    url: `${KERAS}/xception/xception_weights_tf_dim_ordering_tf_kernels_notop.h5`,
    fileName: 'xception_weights_tf_dim_ordering_tf_kernels_notop.h5',
    md5: 'b0042744bf5b25fce3cb969f33bebb97',
    size: 83_683_744,
    withClassifier: '0a58e3b7378bc2990ea3b43d5981f1f6',
    licence: 'MIT (François Chollet)',
    preprocessing: 'inception',
    end: 'block14_sepconv2_act',
    paper: 'Chollet 2016, Xception: Deep Learning with Depthwise Separable Convolutions, arXiv:1610.02357',
  },
  vgg16: {
    name: 'vgg16',
    title: 'VGG16 without its classifier, trained on ImageNet',
    url: `${KERAS}/vgg16/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5`,
    fileName: 'vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5',
    md5: '6d6bbae143d832006294945121d1f1fc',
    size: 58_889_256,
    withClassifier: '64373286793e3c8b2b4e3219cbf3544b',
    torchvision: 'vgg16-397923af.pth',
    licence: 'CC BY 4.0 (Visual Geometry Group, Oxford)',
    preprocessing: 'caffe',
    end: 'block5_pool',
    paper:
      'Simonyan, Zisserman 2014, Very Deep Convolutional Networks for Large-Scale Image Recognition, arXiv:1409.1556',
  },
  vgg19: {
    name: 'vgg19',
    title: 'VGG19 without its classifier, trained on ImageNet',
    url: `${KERAS}/vgg19/vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5`,
    fileName: 'vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5',
    md5: '253f8cb515780f3b799900260a226db6',
    size: 80_134_624,
    withClassifier: 'cbe5617147190e668d6c5d5026f83318',
    torchvision: 'vgg19-dcbb9e9d.pth',
    licence: 'CC BY 4.0 (Visual Geometry Group, Oxford)',
    preprocessing: 'caffe',
    end: 'block5_pool',
    paper:
      'Simonyan, Zisserman 2014, Very Deep Convolutional Networks for Large-Scale Image Recognition, arXiv:1409.1556',
  },
} as const satisfies Readonly<Record<string, PretrainedWeights>>;
