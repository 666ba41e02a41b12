"""Kinds of wording beside the plain list of sides: walks, neighbours, sides told by where the area lies."""

import pytest

from ftz_geo.model import Feature, Parcel
from ftz_geo.parse import parse_plan

# Sides are written as in test_parse_language: E=…;S=…, R= for a ring, // between parcels.
KINDS = [
    pytest.param(
        "启航园区东至海河东路，南至老漳河、西距老漳河约300米，北至津沽公路，面积2.1平方公里。",
        "E=海河东路;S=老漳河;N=津沽公路",
        id="another clause 1",
    ),
    pytest.param(
        "规划范围东起滨河路，中经月亮湖，西至长江道，南至红旗路，北至解放路。",
        "E=滨河路;S=红旗路;W=长江道;N=解放路",
        id="another clause 2",
    ),
    pytest.param(
        "保护范围东至柳林街，沿柳林街，南至文昌路，两岸以防洪堤为界，西至太平巷，北至鼓楼大街。",
        "E=柳林街;S=文昌路;W=太平巷;N=鼓楼大街",
        id="another clause 3",
    ),
    pytest.param(
        "地块四至：东侧道路为祥和路，南侧河流为清水河，西侧现状为荒地，北侧道路为兴业大街。",
        "E=祥和路;S=清水河;W=荒地;N=兴业大街",
        id="another clause 4",
    ),
    pytest.param(
        "四至范围：东至锦绣路，南至永安河，上跨京广铁路，西至建国路，东北连二环路，北至青年大街。",
        "E=锦绣路;S=永安河;W=建国路;N=青年大街",
        id="another clause 5",
    ),
    pytest.param(
        "该宗地东至规划路，南至水渠，西面距国道约50米，北至村庄。",
        "E=规划路;S=水渠;N=村庄",
        id="another clause 6",
    ),
    pytest.param(
        "保护区界线自青龙桥起，沿县界线西至白云岭，折向北至黑石沟，再东至青龙桥止。",
        "",
        id="walk 1",
    ),
    pytest.param(
        "沿青阳县与石台县界线东至九华岭，北至天台峰，沿山脊南至凤凰松止，面积120公顷。",
        "",
        id="walk 2",
    ),
    pytest.param(
        "项目位于中山路北侧、解放路西侧、建设路东侧，用地面积3.2公顷。",
        "E=解放路;S=中山路;W=建设路",
        id="on its side 1",
    ),
    pytest.param(
        "DK2024-15号宗地位于开放大道南侧、科技路东侧，出让面积25600平方米。",
        "W=科技路;N=开放大道",
        id="on its side 2",
    ),
    pytest.param(
        "地块范围为人民路南侧、和平街东侧、新华街西侧、团结巷北侧围合区域，面积12公顷。",
        "E=新华街;S=团结巷;W=和平街;N=人民路",
        id="on its side 3",
    ),
    pytest.param(
        "该镇东至青弋江，与湾沚镇接壤；西至漳河，与三山区相邻；南至县界；北至205国道。",
        "E=青弋江;S=县界;W=漳河;N=205国道",
        id="neighbour 1",
    ),
    pytest.param(
        "片区东隔松花江与道外区接壤，南至学府路，西至王岗大街，北至群力大道，面积18平方公里。",
        "E=松花江;S=学府路;W=王岗大街;N=群力大道",
        id="neighbour 2",
    ),
    pytest.param(
        "项目北侧为滨海大道，西侧为海棠路，南侧为规划绿地，东侧为第三小学，总用地45亩。",
        "E=第三小学;S=规划绿地;W=海棠路;N=滨海大道",
        id="neighbour 3",
    ),
    pytest.param(
        "宗地四至为东（上）至山脊，南（左）至大沟，西（下）至水田，北（右）至小路。",
        "E=山脊;S=大沟;W=水田;N=小路",
        id="neighbour 4",
    ),
    pytest.param(
        "开发区东南分别与临江镇、柳河乡相邻，西至白山路，北至江源大街，规划面积9平方公里。",
        "E=临江镇;S=柳河乡;W=白山路;N=江源大街",
        id="neighbour 5",
    ),
    pytest.param(
        "禁放区域为环城路以东及以北、三环路以西、北外环以南。",
        "E=三环路;S=环城路;W=环城路;N=北外环",
        id="lies 1",
    ),
    pytest.param(
        "擴大都市計畫範圍係國道一號以北、縣道165線以西、鹽水溪以南及永安路以東之非都市土地，面積約85公頃。",
        "E=縣道165線;S=國道一號;W=永安路;N=鹽水溪",
        id="lies 2",
    ),
    pytest.param(
        "据悉，该片区覆盖机场路以南、迎宾大道以北、航空路以东、空港三路以西，总面积约1.5平方公里。",
        "E=空港三路;S=迎宾大道;W=航空路;N=机场路",
        id="lies 3",
    ),
    pytest.param(
        "本區係中正路、民生路以南，光復街以東地區。",
        "W=光復街;N=中正路,民生路",
        id="lies 4",
    ),
    pytest.param(
        "核心区由金水路、花园路、农业路、文化路四条道路围合而成，面积约4平方公里。",
        "R=金水路,花园路,农业路,文化路",
        id="ring 1",
    ),
    pytest.param(
        "规划区域是东至龙腾路，南至凤舞路，西至麒麟路，北至玄武路一线形成的区域，面积5.5平方公里。",
        "E=龙腾路;S=凤舞路;W=麒麟路;N=玄武路",
        id="lead and tail 1",
    ),
    pytest.param(
        "征收范围包括：东自安康路，南到幸福巷，西到平安街，北到如意路一带。",
        "E=安康路;S=幸福巷;W=平安街;N=如意路",
        id="lead and tail 2",
    ),
    pytest.param(
        "片区四至：东至以京沪铁路为界，南至以护城河为界，西至经八路，北至纬二路。",
        "E=京沪铁路;S=护城河;W=经八路;N=纬二路",
        id="frame behind verb 1",
    ),
    pytest.param(
        "核准区块四至范围：冬至锦江大道，南至沱江，西至成渝铁路，北至内宜路。",
        "E=锦江大道;S=沱江;W=成渝铁路;N=内宜路",
        id="misprint 1",
    ),
    pytest.param(
        "区块二东至3号路与6号路连线，南至G15与G40枢纽，西至规划五、六路，北至纬一路，面积1.2平方公里。",
        "E=3号路与6号路连线;S=G15与G40枢纽;W=规划五,六路;N=纬一路",
        id="parts 1",
    ),
    pytest.param(
        "房屋征收范围：东至5、6、7号楼，南至正房及围墙，西至清水河及其支流，北至文化宫。",
        "E=5,6,7号楼;S=正房,围墙;W=清水河,支流;N=文化宫",
        id="parts 2",
    ),
    pytest.param(
        "片区东至东经2路，南至纬三路，西至西经4路，北至北纬五路，面积2平方公里。",
        "E=东经2路;S=纬三路;W=西经4路;N=北纬五路",
        id="parts 3",
    ),
    pytest.param(
        "The park, covering 611 hectares, is bounded by Yingbin Road to the north; Haihe River "
        "and Dongting Road to the east; Jinbin Avenue to the south; and Tanggu Railway to the "
        "west.",
        "E=Haihe River,Dongting Road;S=Jinbin Avenue;W=Tanggu Railway;N=Yingbin Road",
        id="english 1",
    ),
    pytest.param(
        "Block 2 is bounded by Xingfu Road and Qing River in the east, Guangming Street in the "
        "south, Huanghe Avenue in the west and Ring Road in the north, with an area of 3.5 "
        "square kilometres.",
        "E=Xingfu Road,Qing River;S=Guangming Street;W=Huanghe Avenue;N=Ring Road",
        id="english 2",
    ),
    pytest.param(
        "The zone extends from Binhai Avenue in the east to Xihu Road in the west, and from "
        "Nanjing Road in the south to Beihai Road in the north.",
        "E=Binhai Avenue;S=Nanjing Road;W=Xihu Road;N=Beihai Road",
        id="english 3",
    ),
    pytest.param(
        "一、区位条件\n该市东临黄海，西靠沂蒙山，南接江苏省，北连青岛市，交通便利。",
        "",
        id="location 1",
    ),
    pytest.param(
        "经济走廊东至日本、韩国，西至中亚五国，辐射亚欧大陆。",
        "",
        id="location 2",
    ),
    pytest.param(
        "2025年，新建智能装备产业园，位于海港大道以南，占地35亩，年底投产。",
        "",
        id="location 3",
    ),
    pytest.param(
        "二、交通区位\n园区东望渤海，西连太行山，北靠燕山，南接华北平原，距首都机场80公里。",
        "",
        id="location 4",
    ),
    pytest.param(
        "新区东临龙泉山，西靠锦江，南接绕城高速，北连成渝铁路，规划总面积78平方公里。",
        "E=龙泉山;S=绕城高速;W=锦江;N=成渝铁路",
        id="boundary 1",
    ),
    pytest.param(
        "规划范围：东临渤海，西至海防公路，南至防潮闸，北至永定新河。",
        "E=渤海;S=防潮闸;W=海防公路;N=永定新河",
        id="boundary 2",
    ),
    pytest.param(
        "四至边界：东——泰山路；南——衡山路；西——华山路；北——恒山路。",
        "E=泰山路;S=衡山路;W=华山路;N=恒山路",
        id="plain 1",
    ),
    pytest.param(
        "该地块北以引黄干渠为界，与柳园村相邻，东、南至市政道路，西至仓储用地。",
        "E=市政道路;S=市政道路;W=仓储用地;N=引黄干渠",
        id="plain 2",
    ),
    pytest.param(
        "示范区西起丰收路，东达金穗路，北抵稻香渠，南达环湖南路，总面积600亩。",
        "E=金穗路;S=环湖南路;W=丰收路;N=稻香渠",
        id="plain 3",
    ),
    pytest.param(
        "東起復興路、西迄大同街、南臨鹽埕溪、北鄰中華路，面積約12公頃。",
        "E=復興路;S=鹽埕溪;W=大同街;N=中華路",
        id="plain 4",
    ),
    pytest.param(
        "勘界路线由北门桥起，沿护城河东至水关，沿城墙南至魁星楼，沿南大街西至钟楼，北至北门桥止。",
        "",
        id="walk 3",
    ),
    pytest.param(
        "四至范围为：东至海滨大道，南至疏港路，东南角为灯塔公园，西至临港路，北至航运一路，其中涉海部分以海岸线为界。",
        "E=海滨大道;S=疏港路;W=临港路;N=航运一路",
        id="another clause 7",
    ),
    pytest.param(
        "该项目位于滨江路以南及以西、公园路以北，总用地面积22亩。",
        "E=滨江路;S=公园路;N=滨江路",
        id="lies 5",
    ),
    pytest.param(
        "该宅基地东邻张某房屋，隔巷与李某宅相望，西邻村道，南邻正房及院墙，北邻水塘，面积180平方米。",
        "E=张某房屋;S=正房,院墙;W=村道;N=水塘",
        id="on its side 4",
    ),
    pytest.param(
        "宗地四至：东至纺织厂围墙，南至胜利渠，西南毗邻变电站，西至团结路，北至机耕道。",
        "E=纺织厂围墙;S=胜利渠;W=团结路;N=机耕道",
        id="another clause 8",
    ),
    pytest.param(
        "该园区东临建华大街、南距石德铁路1.2公里，西靠建通街，北接裕华路，规划面积8.6平方公里。",
        "E=建华大街;W=建通街;N=裕华路",
        id="another clause 9",
    ),
    pytest.param(
        "四至范围东至龙湖大道，途经白沙镇，南至双洎河，西至京广快速路，北至南四环，总面积62平方公里。",
        "E=龙湖大道;S=双洎河;W=京广快速路;N=南四环",
        id="another clause 10",
    ),
    pytest.param(
        "项目东侧紧邻已建小区，南侧隔路为市民公园，西侧现为空地，北侧规划道路为学苑路。",
        "E=已建小区;S=路;W=空地;N=学苑路",
        id="another clause 11",
    ),
    pytest.param(
        "四至：东至滨江路；南至嘉陵江，沿江岸线长约3公里；西至磨子溪；北至襄渝铁路。",
        "E=滨江路;S=嘉陵江;W=磨子溪;N=襄渝铁路",
        id="another clause 12",
    ),
    pytest.param(
        "范围为北起青龙路，东南以运河为界，南至朱雀路，东至芙蓉街，西至锦绣街。",
        "E=芙蓉街;S=朱雀路;W=锦绣街;N=青龙路",
        id="another clause 13",
    ),
    pytest.param(
        "东至二道河，北邻省道S201线，南临高铁站、下穿京沈高铁，西至规划纵三路。面积350公顷。",
        "E=二道河;S=高铁站;W=规划纵三路;N=省道S201线",
        id="another clause 14",
    ),
    pytest.param(
        "从老鹰嘴起，顺山脊东至马鞍山，再南至杨家湾，折西至石板沟止，为本林场界线。",
        "",
        id="walk 4",
    ),
    pytest.param(
        "界线走向：由甲渡口沿大河北至乙桥，沿公路东至丙村，沿小溪南至丁坝，西至甲渡口止。",
        "",
        id="walk 5",
    ),
    pytest.param(
        "出让地块位于科创大道东侧、智慧路南侧，宗地面积41200平方米。",
        "W=科创大道;N=智慧路",
        id="on its side 5",
    ),
    pytest.param(
        "本项目选址位于凤凰路以北、桃源街西侧、清泉路东侧，用地约30亩。",
        "E=桃源街;S=凤凰路;W=清泉路",
        id="on its side 6",
    ),
    pytest.param(
        "2023-G08地块：位于文昌大道北侧、明珠路东侧，面积5.1公顷。",
        "S=文昌大道;W=明珠路",
        id="on its side 7",
    ),
    pytest.param(
        "辖区东至大运河，与通州区隔河相望；南至凉水河，与大兴区毗邻；西至京台高速；北至南四环。",
        "E=大运河;S=凉水河;W=京台高速;N=南四环",
        id="neighbour 6",
    ),
    pytest.param(
        "该村东与李庄村为邻，西隔青年渠与赵庄相望，南至县道X012，北连国有林场。",
        "E=李庄村;S=县道X012;W=青年渠;N=国有林场",
        id="neighbour 7",
    ),
    pytest.param(
        "地块北侧为滨河公园，东侧为市第二医院，西侧为规划幼儿园，南侧为长春路，用地面积2.3公顷。",
        "E=市第二医院;S=长春路;W=规划幼儿园;N=滨河公园",
        id="neighbour 8",
    ),
    pytest.param(
        "承包地四至：东（左）：张家地；西（右）：水沟；南（前）：大路；北（后）：山脚。",
        "E=张家地;S=大路;W=水沟;N=山脚",
        id="neighbour 9",
    ),
    pytest.param(
        "西、北分别以漳河、卫河为界，东至京开路，南至东风渠，面积14平方公里。",
        "E=京开路;S=东风渠;W=漳河;N=卫河",
        id="neighbour 10",
    ),
    pytest.param(
        "控制区域为东大街以北、西顺城街以东及以南、红星路以西范围。",
        "E=红星路;S=东大街;W=西顺城街;N=西顺城街",
        id="lies 6",
    ),
    pytest.param(
        "計畫範圍為縱貫鐵路以東、中山路以南、愛河以西，面積約42.5公頃。",
        "E=愛河;W=縱貫鐵路;N=中山路",
        id="lies 7",
    ),
    pytest.param(
        "禁燃区范围涵盖二环路以内及北环路以北、机场高速以西、沙河以东区域。",
        "E=机场高速;S=北环路;W=沙河",
        id="lies 8",
    ),
    pytest.param(
        "限行区域就是人民路以南、解放路以西、建设路以北、滨河路以东。",
        "E=解放路;S=建设路;W=滨河路;N=人民路",
        id="lies 9",
    ),
    pytest.param(
        "限行区域：由东风路、西安路、南京路、北京路等四条城市道路合围的区域。",
        "R=东风路,西安路,南京路,北京路",
        id="ring 2",
    ),
    pytest.param(
        "该更新单元是东到中山路、南到文明路、西到越秀路、北到中山五路所形成的区域。",
        "E=中山路;S=文明路;W=越秀路;N=中山五路",
        id="lead and tail 3",
    ),
    pytest.param(
        "征收范围系东起复兴街，西至和平巷，南至育才路，北至文庙等单位。",
        "E=复兴街;S=育才路;W=和平巷;N=文庙",
        id="lead and tail 4",
    ),
    pytest.param(
        "东到以汉江为界，西至以沪陕高速为界，南至丹江，北至凤凰山脚。",
        "E=汉江;S=丹江;W=沪陕高速;N=凤凰山脚",
        id="frame behind verb 2",
    ),
    pytest.param(
        "宗地界址：北至人民路，南至市场，西至排水沟，冬至供销社围墙。",
        "E=供销社围墙;S=市场;W=排水沟;N=人民路",
        id="misprint 2",
    ),
    pytest.param(
        "东至规划七、八、九路，南至X101与S305交叉口，西至G4与G107互通，北至纬十一路。",
        "E=规划七,八,九路;S=X101与S305交叉口;W=G4与G107互通;N=纬十一路",
        id="parts 4",
    ),
    pytest.param(
        "东至1、2、3栋，南至厢房和院墙，西至黑河及支流，北至小学。四至如上。",
        "E=1,2,3栋;S=厢房,院墙;W=黑河,支流;N=小学",
        id="parts 5",
    ),
    pytest.param(
        "西至西经八路，东至东经三路，南至纬一、纬二路，北至北纬一路，占地60公顷。",
        "E=东经三路;S=纬一,纬二路;W=西经八路;N=北纬一路",
        id="parts 6",
    ),
    pytest.param(
        "四至为东至经三路和纬五路交汇处，南至青山湖及其围堤，西至航站路，北至民航小区。",
        "E=经三路和纬五路交汇处;S=青山湖,围堤;W=航站路;N=民航小区",
        id="parts 7",
    ),
    pytest.param(
        "The planned area is bounded on the north by Changjiang Road, on the east by Huanghai "
        "Avenue and Xiaosha River, on the south by Beihuan Road and on the west by Kunlun "
        "Mountain Road.",
        "E=Huanghai Avenue,Xiaosha River;S=Beihuan Road;W=Kunlun Mountain Road;N=Changjiang Road",
        id="english 4",
    ),
    pytest.param(
        "Parcel A borders Tongbai Road to the east and Longhai Railway to the south; to the west "
        "it reaches Western Ring Road, to the north Jialu River.",
        "E=Tongbai Road;S=Longhai Railway;W=Western Ring Road;N=Jialu River",
        id="english 5",
    ),
    pytest.param(
        "The 611-hectare zone stretches from Ocean Road in the north to Canal Street in the "
        "south and from Harbour Avenue in the west to the sea in the east.",
        "E=the sea;S=Canal Street;W=Harbour Avenue;N=Ocean Road",
        id="english 6",
    ),
    pytest.param(
        "区位优势：东濒黄海，西接中原，南连长三角，北靠京津冀，是重要的交通枢纽。",
        "",
        id="location 5",
    ),
    pytest.param(
        "新通道向东到达日韩，向西到达中亚，东至东盟、西至欧洲的物流网络初步形成。",
        "",
        id="location 6",
    ),
    pytest.param(
        "我省东临东海，南接广东，西邻江西，北靠浙江。",
        "",
        id="location 7",
    ),
    pytest.param(
        "拓展区东靠翠屏山，南临大清河，西接外环高速，北连京哈铁路，控制面积23.4平方公里。",
        "E=翠屏山;S=大清河;W=外环高速;N=京哈铁路",
        id="boundary 3",
    ),
    pytest.param(
        "四至边界为东临黄海、南至灌河、西至沿海高速、北至新沂河。",
        "E=黄海;S=灌河;W=沿海高速;N=新沂河",
        id="boundary 4",
    ),
    pytest.param(
        "一、项目概况\n本地块东邻育英街，南靠迎宾路，西接幸福小区，北临滨河绿地。",
        "E=育英街;S=迎宾路;W=幸福小区;N=滨河绿地",
        id="boundary 5",
    ),
    pytest.param(
        "片区范围：东、北至运粮河，南至新华路（含），西至西外环。",
        "E=运粮河;S=新华路（含）;W=西外环;N=运粮河",
        id="plain 5",
    ),
    pytest.param(
        "黄河口片区北至老套河、西距老套河约500米，东至防潮坝，南至神仙沟，面积2.5平方公里。",
        "E=防潮坝;S=神仙沟;N=老套河",
        id="another clause III 1",
    ),
    pytest.param(
        "四至：西起古城路，中穿桃花溪，东止福源路，南抵学海街，北达书香路。",
        "E=福源路;S=学海街;W=古城路;N=书香路",
        id="another clause III 2",
    ),
    pytest.param(
        "东至海棠湾，西至龙头岭，与高速公路相距800米，南至天涯路，北至田独河。",
        "E=海棠湾;S=天涯路;W=龙头岭;N=田独河",
        id="another clause III 3",
    ),
    pytest.param(
        "规划范围东至漕河，西南紧靠大学城，南至文苑路，西至海湾路，北至团青公路，规划总用地3.6平方公里。",
        "E=漕河;S=文苑路;W=海湾路;N=团青公路",
        id="another clause III 4",
    ),
    pytest.param(
        "用地东至莲花路，北侧现状道路为剑川路，西侧河道为樱桃河，南侧界线为放鹤路红线。",
        "E=莲花路;S=放鹤路红线;W=樱桃河;N=剑川路",
        id="another clause III 5",
    ),
    pytest.param(
        "核心区东至学府街，其西侧200米为文庙，南至泮池，西至棂星路，北至明伦街。",
        "E=学府街;S=泮池;W=棂星路;N=明伦街",
        id="another clause III 6",
    ),
    pytest.param(
        "湿地公园西起源头坝，东至入江口，南北两岸以堤顶路为界，总面积310公顷。",
        "E=入江口;W=源头坝",
        id="another clause III 7",
    ),
    pytest.param(
        "行政界线起于三岔口，沿分水岭东至牛头山，转南沿小溪至双龙桥，再西至三岔口止。",
        "",
        id="walk III 1",
    ),
    pytest.param(
        "由石碑起沿公路南行至水闸，再沿渠道西至泵站，北至老槐树止，以内为保护区。",
        "",
        id="walk III 2",
    ),
    pytest.param(
        "P2021-33号地块位于大连路西侧、昆明路南侧、保定路东侧，出让年限40年。",
        "E=大连路;W=保定路;N=昆明路",
        id="on its side III 1",
    ),
    pytest.param(
        "安置房项目位于迎宾大道西侧，建设路北侧，总建筑面积12万平方米。",
        "E=迎宾大道;S=建设路",
        id="on its side III 2",
    ),
    pytest.param(
        "规划范围：位于沿河路东侧、站前路北侧、振兴街西侧及人民路南侧，约26公顷。",
        "E=振兴街;S=站前路;W=沿河路;N=人民路",
        id="on its side III 3",
    ),
    pytest.param(
        "南隔通惠河与化工厂相望，北以朝阳路为界与青年路社区相邻，东至四环路，西至西大望路。",
        "E=四环路;S=通惠河;W=西大望路;N=朝阳路",
        id="neighbour III 1",
    ),
    pytest.param(
        "该社区东至白云路，与白云社区接壤，南至滨江路，隔江与南岸区相望，西至嘉陵路，北至山城步道。",
        "E=白云路;S=滨江路;W=嘉陵路;N=山城步道",
        id="neighbour III 2",
    ),
    pytest.param(
        "酒店北面是会展中心，南面是海景路，东面是渔人码头，西面是滨海医院，占地1.8公顷。",
        "E=渔人码头;S=海景路;W=滨海医院;N=会展中心",
        id="neighbour III 3",
    ),
    pytest.param(
        "南北分别至清江路、汉江路，东西分别至长江路、黄河路。",
        "E=长江路;S=清江路;W=黄河路;N=汉江路",
        id="neighbour III 4",
    ),
    pytest.param(
        "限放区：外环线以内、津滨大道以南及以西、大沽南路以北区域。",
        "E=津滨大道;S=大沽南路;N=津滨大道",
        id="lies III 1",
    ),
    pytest.param(
        "該都市計畫位於基隆河以北、中山北路以東、大直橋以西之河濱地區，面積約36公頃。",
        "E=大直橋;S=基隆河;W=中山北路",
        id="lies III 2",
    ),
    pytest.param(
        "本次调整涉及的片区为科技五路以南、丈八北路以东、科技六路以北、唐延路以西范围内用地。",
        "E=唐延路;S=科技六路;W=丈八北路;N=科技五路",
        id="lies III 3",
    ),
    pytest.param(
        "禁养区包括绕城高速以内、沱江以东、成南高速以南、龙泉山以西。",
        "E=龙泉山;W=沱江;N=成南高速",
        id="lies III 4",
    ),
    pytest.param(
        "历史街区是由下塘街、护城河、老城墙、西门街四条街巷和河道围合的区域。",
        "R=下塘街,护城河,老城墙,西门街",
        id="ring III 1",
    ),
    pytest.param(
        "改造范围自东湖路起，不一。四至：东至A1路，南至二马路，西至三马路，北至四马路一线围成的地段。",
        "E=A1路;S=二马路;W=三马路;N=四马路",
        id="lead and tail III 1",
    ),
    pytest.param(
        "學區範圍東至民權路、西至民生路、南至中正路、北至郵局、農會等機構。",
        "E=民權路;S=中正路;W=民生路;N=郵局,農會",
        id="lead and tail III 2",
    ),
    pytest.param(
        "区块就是东至玉函路，西至英雄山路，南至舜耕路，北至八一立交一带。",
        "E=玉函路;S=舜耕路;W=英雄山路;N=八一立交",
        id="lead and tail III 3",
    ),
    pytest.param(
        "西至以规划地铁5号线为界，东至以老城墙为界，南至以明渠为界，北至以铁路为界。",
        "E=老城墙;S=明渠;W=规划地铁5号线;N=铁路",
        id="frame behind verb III 1",
    ),
    pytest.param(
        "冬至青年路、西至体育街、南至少年宫、北至护城河，共计房屋320户。",
        "E=青年路;S=少年宫;W=体育街;N=护城河",
        id="misprint III 1",
    ),
    pytest.param(
        "东至4号路与9号路连线，西至S26与G60枢纽，南至经二、三、四街，北至陶河及其支渠。",
        "E=4号路与9号路连线;S=经二,三,四街;W=S26与G60枢纽;N=陶河,支渠",
        id="parts III 1",
    ),
    pytest.param(
        "北至21、22、23号楼，南至门房及院墙，东至长安路与华山路交口，西至和平里。",
        "E=长安路与华山路交口;S=门房,院墙;W=和平里;N=21,22,23号楼",
        id="parts III 2",
    ),
    pytest.param(
        "南至南经6路，北至北经6路，东至东纬2路，西至西纬2路，面积90公顷。",
        "E=东纬2路;S=南经6路;W=西纬2路;N=北经6路",
        id="parts III 3",
    ),
    pytest.param(
        "Zone B is enclosed by Lushan Road in the west, Huashan Road and Taishan Road in the "
        "south, Hengshan Road in the north and Songshan Lake in the east.",
        "E=Songshan Lake;S=Huashan Road,Taishan Road;W=Lushan Road;N=Hengshan Road",
        id="english III 1",
    ),
    pytest.param(
        "Phase I (611 hectares): east to Jingtang Expressway, south to Yongding River, west to "
        "Binhai Road, north to Airport Road.",
        "E=Jingtang Expressway;S=Yongding River;W=Binhai Road;N=Airport Road",
        id="english III 2",
    ),
    pytest.param(
        "The area lies west of Century Avenue, south of Dongfang Road and Pujian Road, and north "
        "of Chuanyang River.",
        "E=Century Avenue;S=Chuanyang River;N=Dongfang Road,Pujian Road",
        id="english III 3",
    ),
    pytest.param(
        "（一）地理位置及区位条件\n开发区东依泰山，西临京杭大运河，南望曲阜，北接济南，区位优越。",
        "",
        id="location III 1",
    ),
    pytest.param(
        "丝绸之路经济带东至太平洋，西至波罗的海，是世界上最长的经济走廊。",
        "",
        id="location III 2",
    ),
    pytest.param(
        "我市背山面海，东濒东海，西依武夷山脉，南连珠三角，北接长三角。",
        "",
        id="location III 3",
    ),
    pytest.param(
        "某企业计划投资3亿元，项目选址位于沿江大道以北，占地85亩，建设厂房6万平方米。",
        "",
        id="location III 4",
    ),
    pytest.param(
        "新城东临秦汉新城，西靠周文王陵，南依渭河，北接五陵塬，规划总面积48平方公里。",
        "E=秦汉新城;S=渭河;W=周文王陵;N=五陵塬",
        id="boundary III 1",
    ),
    pytest.param(
        "区位图见附件。地块东邻锦绣路，西临芳华路，北靠体育公园，南接花木路，用地面积6公顷。",
        "E=锦绣路;S=花木路;W=芳华路;N=体育公园",
        id="boundary III 2",
    ),
    pytest.param(
        "四至：东-海港路；西-疏港铁路；南-渤海大道；北-临港三路。",
        "E=海港路;S=渤海大道;W=疏港铁路;N=临港三路",
        id="plain III 1",
    ),
    pytest.param(
        "东面、北面至山脚水沟，南面至大路，西面至祠堂。",
        "E=山脚水沟;S=大路;W=祠堂;N=山脚水沟",
        id="plain III 2",
    ),
    pytest.param(
        "完善东西向主干道，形成北接京津、南连雄安的交通网络。",
        "",
        id="no side IV 1",
    ),
    pytest.param(
        "本次展览从东到西依次为农业馆、工业馆和科技馆，南北两侧为休息区。",
        "",
        id="no side IV 2",
    ),
    pytest.param(
        "全县呈东高西低之势，东部为山地，西部为平原，南北长42公里，东西宽31公里。",
        "",
        id="no side IV 3",
    ),
    pytest.param(
        "物流通道东联京津，西通晋陕，南接中原，北达蒙东。",
        "",
        id="no side IV 4",
    ),
    pytest.param(
        "坐标为东经117°12′，北纬39°08′，海拔3米。",
        "",
        id="no side IV 5",
    ),
    pytest.param(
        "会场位于人民大会堂东侧，代表从南门进入，向北至主席台就座。",
        "",
        id="no side IV 6",
    ),
    pytest.param(
        "The city lies in the north of China, and the river flows to the east and then to the south.",
        "",
        id="no side IV 7",
    ),
    pytest.param(
        "The number of enterprises in the east increased by 5%, and in the west by 3%.",
        "",
        id="no side IV 8",
    ),
    pytest.param(
        "以项目为抓手，以创新为动力，推动经济社会高质量发展，与周边地区相连相通。",
        "",
        id="no side IV 9",
    ),
    pytest.param(
        "冬至当天气温南至华南、北至东北普遍下降。",
        "",
        id="no side IV 10",
    ),
    pytest.param(
        "规划一、二期项目分别于2024年、2025年建成，3、4号楼已交付使用。",
        "",
        id="no side IV 11",
    ),
    pytest.param(
        "由发改、财政、住建、交通四部门共同组成的专班负责围合式街区改造。",
        "",
        id="no side IV 12",
    ),
    pytest.param(
        "从甲村出发，沿河北至乙村，再沿路东至丙镇，全程12公里。",
        "",
        id="no side IV 13",
    ),
    pytest.param(
        "东至丽水路，规划支路穿越其间，南至桃园路，西至南山大道，北至深南大道。",
        "E=丽水路;S=桃园路;W=南山大道;N=深南大道",
        id="another clause IV 1",
    ),
    pytest.param(
        "四至：东邻空军机场、净空限高60米，南邻京广线，西邻汉丹线，北邻金山大道。",
        "E=空军机场;S=京广线;W=汉丹线;N=金山大道",
        id="another clause IV 2",
    ),
    pytest.param(
        "片区东至太湖大道，内含清名桥片区，南至金城路，西至运河西路，北至永乐路，面积5.2平方公里。",
        "E=太湖大道;S=金城路;W=运河西路;N=永乐路",
        id="another clause IV 3",
    ),
    pytest.param(
        "以大桥头为起点，沿国道北行至岔路口，沿县道西至果园，沿果园围墙南至渠道，沿渠道东至起点。",
        "",
        id="walk IV 1",
    ),
    pytest.param(
        "该界线自1号界桩起，向东至2号界桩，折南至3号界桩，再西至4号界桩，北至1号界桩。",
        "",
        id="walk IV 2",
    ),
    pytest.param(
        "地块坐落于育才路南侧、花园街东侧、电厂路北侧，宗地编号2022-11。",
        "S=电厂路;W=花园街;N=育才路",
        id="on its side IV 1",
    ),
    pytest.param(
        "B-07地块，位于中央大街以东、友谊路北侧，用地性质为商住。",
        "S=友谊路;W=中央大街",
        id="on its side IV 2",
    ),
    pytest.param(
        "东面和李家湾村相接，南面和西面与国有林场为邻，北面隔水库与张家冲村相望。",
        "E=李家湾村;S=国有林场;W=国有林场;N=水库",
        id="neighbour IV 1",
    ),
    pytest.param(
        "东北分别至龙川路、繁华大道，西南分别至习友路、潜山路，净用地89亩。",
        "E=龙川路;S=潜山路;W=习友路;N=繁华大道",
        id="neighbour IV 2",
    ),
    pytest.param(
        "东至松山湖大道（与大朗镇交界），南至富民路，西至常虎高速，北至寒溪河。",
        "E=松山湖大道（与大朗镇交界）;S=富民路;W=常虎高速;N=寒溪河",
        id="neighbour IV 3",
    ),
    pytest.param(
        "高铁新城位于京沪铁路以北及以东、太阳路以南、元和塘以西，面积28.9平方公里。",
        "E=元和塘;S=京沪铁路;W=京沪铁路;N=太阳路",
        id="lies IV 1",
    ),
    pytest.param(
        "重劃區範圍：文心路、崇德路以北，松竹路以東，東山路以西之都市土地，面積約62公頃。",
        "E=東山路;S=文心路,崇德路;W=松竹路",
        id="lies IV 2",
    ),
    pytest.param(
        "限制区域自解放路以南至健康路以北，东海路以西至西湖路以东。",
        "E=东海路;S=健康路;W=西湖路;N=解放路",
        id="lies IV 3",
    ),
    pytest.param(
        "该单元系指长江路以南、黄河路以西、淮河路以北、珠江路以东的地区。",
        "E=黄河路;S=淮河路;W=珠江路;N=长江路",
        id="lies IV 4",
    ),
    pytest.param(
        "合川路、吴中路、虹许路、古北路四路围合区域为试点范围。",
        "R=合川路,吴中路,虹许路,古北路",
        id="ring IV 1",
    ),
    pytest.param(
        "试点区域就是东至大学路、西至工人路、南至陇海路、北至金水路形成的闭合区域。",
        "E=大学路;S=陇海路;W=工人路;N=金水路",
        id="lead and tail IV 1",
    ),
    pytest.param(
        "据了解，规划区东起高新大道，西到光谷大道，南抵凤凰山，北至九峰山脚下，覆盖面积36平方公里。",
        "E=高新大道;S=凤凰山;W=光谷大道;N=九峰山脚下",
        id="lead and tail IV 2",
    ),
    pytest.param(
        "东至科技一、科技二路，西至10、12、14号楼，南至G40与G42枢纽，北至经十路与纬八路连线。",
        "E=科技一,科技二路;S=G40与G42枢纽;W=10,12,14号楼;N=经十路与纬八路连线",
        id="parts IV 1",
    ),
    pytest.param(
        "东至和平路及和顺街，南至共和路与人和巷，西至永和桥，北至政和园和颐和苑。",
        "E=和平路,和顺街;S=共和路,人和巷;W=永和桥;N=政和园,颐和苑",
        id="parts IV 2",
    ),
    pytest.param(
        "The land parcel is bordered to the north by Xinhua Road; to the east by Jiefang Street "
        "and Minzhu Street; to the south by the Hun River; and to the west by Beijing Street.",
        "E=Jiefang Street,Minzhu Street;S=the Hun River;W=Beijing Street;N=Xinhua Road",
        id="english IV 1",
    ),
    pytest.param(
        "The core area covers 1.2 sq km, with Jiangnan Road to its east, Beihai Road to its "
        "west, Nanshan Road to its south and the Qinhuai River to its north.",
        "E=Jiangnan Road;S=Nanshan Road;W=Beihai Road;N=the Qinhuai River",
        id="english IV 2",
    ),
    pytest.param(
        "二、区位交通\n园区东接沪宁高速，西临京沪高铁，南靠太湖，北依长江，1小时可达上海。",
        "",
        id="location IV 1",
    ),
    pytest.param(
        "东临日本海，西接内蒙古，南连辽宁，北邻俄罗斯，是东北亚地理几何中心。",
        "",
        id="location IV 2",
    ),
    pytest.param(
        "项目位于人民路以北、中兴街东侧，面积3亩。", "S=人民路;W=中兴街", id="on its side and beyond"
    ),
    pytest.param("宗地位于人民路北侧，面积2亩。", "S=人民路", id="one road beside a plot"),
    pytest.param("新建车间位于港城大道以南，占地35亩。", "", id="a task"),
    pytest.param("整治人民路东侧、解放路西侧的摊点。", "", id="no place is told"),
    pytest.param(
        "四至：东至北连路、东北路，南至北和平街、西通路，西至北距园路，北至西沿江路。",
        "E=北连路,东北路;S=北和平街,西通路;W=北距园路;N=西沿江路",
        id="names that begin like a side",
    ),
    pytest.param(
        "冬至前后停工，夏至前复工。东至甲路，南至乙路，西至丙路，北至丁路。",
        "E=甲路;S=乙路;W=丙路;N=丁路",
        id="the solstice",
    ),
    pytest.param(
        "范围：东至奉溪高速路路口一线，南至滨河路一线，西至老街沿线，北至学府路一带。",
        "E=奉溪高速路路口一线;S=滨河路;W=老街沿线;N=学府路",
        id="a line through a place",
    ),
]


def written(parcel: Parcel) -> str:
    sides = {d[0].upper(): features for d, features in parcel.abuttals.items()} | {"R": parcel.ring}
    return ";".join(f"{k}={','.join(f.name for f in sides[k])}" for k in "ESWNR" if sides[k])


@pytest.mark.parametrize(("text", "expected"), KINDS)
def test_kind(text: str, expected: str) -> None:
    parcels = [written(p) for p in parse_plan(text).parcels]
    assert "//".join(p for p in parcels if p) == expected


def looked_up(feature: Feature) -> str:
    return feature.base or feature.name


@pytest.mark.parametrize(
    ("side", "names"),
    [
        ("规划五、六路", ["规划五路", "规划六路"]),
        ("经七、八及九路", ["经七路", "经八路", "经九路"]),
        ("3、4、5号楼", ["3号楼", "4号楼", "5号楼"]),
        ("地铁3/4号线", ["地铁3号线", "地铁4号线"]),
        ("淡水河及其支流", ["淡水河", "淡水河支流"]),
        ("纬一、纬二路", ["纬一路", "纬二路"]),
        ("规划五路、六合路", ["规划五路", "六合路"]),
    ],
)
def test_names_that_share_a_word_are_looked_up_whole_and_kept_verbatim(side: str, names: list[str]) -> None:
    text = f"范围：东至{side}，南至乙河，西至丙村，北至丁路。"
    plan = parse_plan(text)
    east = plan.parcels[0].abuttals["east"]
    assert [looked_up(f) for f in east] == names
    assert [text[a:b] for a, b in (f.span for f in east)] == [f.name for f in east]


def test_a_list_of_many_names_is_read_to_its_end() -> None:
    names = [f"甲{k}路" for k in range(2000)]
    (parcel,) = parse_plan(f"范围：东至{'、'.join(names)}，南至乙路，西至丙路，北至丁路。").parcels
    assert [f.name for f in parcel.abuttals["east"]] == names
    assert [f.name for f in parcel.abuttals["north"]] == ["丁路"]


OTHER_CLAUSES = (
    "中经东湖 沿解放街 两岸以河堤为界 东北连三环路 西距老套河约500米 东南角为灯塔 "
    "上跨京广铁路 横贯文昌路 紧挨着文昌湖 俯瞰文昌湖 前临文昌湖 左邻文昌路 "
    "中夹文昌河 内有文昌湖 境内有文昌河 北面有文昌河 周围有文昌路 "
    "其西侧200米为文庙 以文昌湖为中心 涵盖文昌湖 涉及文昌路 依托文昌路 靠近文昌路 "
    "途经文昌镇 与高速公路相距800米 文昌河穿境而过 净空限高60米"
).split()


@pytest.mark.parametrize("mark", ["，", "、", "；"])
@pytest.mark.parametrize("clause", OTHER_CLAUSES)
def test_another_clause_is_no_feature_of_the_side_before_it(clause: str, mark: str) -> None:
    text = f"四至范围：东至甲子路，南至乙丑河{mark}{clause}，西至丙寅路，北至丁卯路，面积2平方公里。"
    (parcel,) = parse_plan(text).parcels
    assert written(parcel) == "E=甲子路;S=乙丑河;W=丙寅路;N=丁卯路"


@pytest.mark.parametrize(
    "name",
    (
        "绕城高速 过境公路 中环路 越秀南路 经十五路 经远南路 临江西路 望江东路 "
        "连云港路 环城西路 沿江大道 国有林场 新建路 含光北路 顺河东路 跨塘路 东经三路 "
        "北和平街 连接路 衔接道"
    ).split(),
)
def test_a_name_that_begins_like_a_clause_goes_on_in_a_list(name: str) -> None:
    text = f"四至范围：东至甲子路，南至乙丑河、{name}，西至丙寅路，北至丁卯路。"
    (parcel,) = parse_plan(text).parcels
    assert written(parcel) == f"E=甲子路;S=乙丑河,{name};W=丙寅路;N=丁卯路"


LEADS = (
    "范围包括 范围包括： 该片区覆盖 据悉，区域是 本区系 本區係就 范围就是 具体为 位于 "
    "用地范围系指 覆盖了 管控区域包含 具体范围是 选址于 同意将 限于 划定为 调整后为"
).split()


@pytest.mark.parametrize("lead", LEADS)
@pytest.mark.parametrize(
    "tail", ["", "的区域", "一线", "形成的区域", "等区域", "之土地", "合围区域", "以内的地段"]
)
@pytest.mark.parametrize(
    "sides",
    [
        "东至甲子路、南至乙丑河、西至丙寅路、北至丁卯路",
        "西到丙寅路，东起甲子路，南接乙丑河，北临丁卯路",
        "丁卯路以南、甲子路以西、乙丑河以北、丙寅路以东",
    ],
)
def test_what_leads_up_and_what_follows_is_no_part_of_a_name(lead: str, sides: str, tail: str) -> None:
    parcels = [p for p in parse_plan(f"{lead}{sides}{tail}，面积3公顷。").parcels if any(p.abuttals.values())]
    assert [written(p) for p in parcels] == ["E=甲子路;S=乙丑河;W=丙寅路;N=丁卯路"]
