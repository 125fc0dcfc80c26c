"""Frequent given names, family names and title words: a little knowledge for `name_boundary`.

Written down from general knowledge, not taken from any collection. None of the lists decides
anything alone: they only help to choose where a title ends and a name begins. Accents are left
out of names; names that are title words at least as often ("Grant", "Mark", "Art") are too.
"""

from __future__ import annotations

# Korean given names are often written with two capitals: "JaeHyun".
KOREAN_SYLLABLES: frozenset[str] = frozenset(
    """
    ae bae beom bin bo bok bong byeong byung chae chan chang cheol chul chun dae dan deok do dong
    eui eun ga geon geun gi go gon guk gun gwang gyeong gyu ha hae han he hee heon ho hong hoon hun
    hwa hwan hwang hwi hye hyeon hyo hyuk hyun hyung il im in ja jae je jeong ji jin jo jong joo
    joon ju jun jung kang ki kook kwang kyeong kyoung kyu kyung man mi min mo myeong myung na nam
    oh pil ra rae ran ri rim ro ryeol sang seo seok seol seon seong seung shin si sik sin so sol
    song soo sook su suk sun sung tae un wan woo won wook ye yeon yeong yo yong yoo yoon you young
    yu yul yun chol gyong myong
    """.split()
)

GIVEN_NAMES: frozenset[str] = frozenset(
    """
    aakash aaliyah aamir aarav aaron abbas abdallah abdel abdelaziz abdelhak abdelkader abdellah
    abdelrahman abderrahmane abdo abdoulaye abdul abdulaziz abdullah abdulrahman abebe abed abel
    abha abhay abhijeet abhijit abhinav abhishek abigail abolfazl abraham abu achim achraf adam
    adebayo adel adele adeline adi adil aditi aditya adnan adrian adriana adriano afshin agata
    agnes agnieszka agung agus agustin ahmad ahmed ai aiko ailin aiping aisha ajay ajit akanksha
    akari akash akbar akhil akhilesh aki akihiko akihiro akihito akiko akinori akio akira akito
    akiyoshi akos akram akshay alaa alaaeldin alain alan alba albert alberto aldo alejandra
    alejandro aleksandar aleksander aleksandr aleksandra aleksei aleksey aleksi alena ales
    alessandra alessandro alessio alex alexander alexandra alexandre alexei alexey alexis alfons
    alfonso alfred alfredo ali alice alina aline alireza alison alla allan allen alois alojz
    alok alon alonso alvaro alyssa amadou amal aman amanda amartya amber amelia amin amina amine
    amir amira amirali amirhossein amit amita amitabh amitava amjad ammar amnon amol amos amr
    amrita amy ana anais anand ananya anas anastasia anastasiia anastasios anat anatol anatoli
    anatoly anders andi andre andrea andreas andreea andrei andrej andres andrew andrey andrii
    andrija andris andrius andrzej andy aneta angela angelica angelo angelos angus anh anibal
    anik aniket anil anindita anindya anirban aniruddha anish anita anja anjali anjan anke ankit
    ankita ankur ann anna anne annette annie annika anoop anouk anqi ansgar ansh ansuman antanas
    anthony antje antoine anton antonella antonia antonin antonio antonis antti anu anubhav anuj
    anupam anurag anusha anushka anwar ao aparna apoorv apostolos apurva aram arash archie
    ardalan arend ari ariadna ariane ariel arif arijit arindam aris arjun arka arkadi arkady
    arman armando armen armin arnab arnaud arnav arne arno arnold arpan arpit arpita arsalan
    arseniy artem arthur artjoms artur arturo artyom arun aruna arunima arup arvid arvind aryan
    asaf asger asghar asha ashim ashish ashley ashok ashraf ashutosh ashwin asif asim asit asma
    assaf assia astrid asuka atanu athanasios atsuko atsushi attila atul audrey aurelie aurelien
    aurora austin avi aviad avik avinash avinatan avishek aviv avner avraham axel axelle aya
    ayaka ayako ayan ayman ayoub ayu ayumi ayush azim aziz azusa babak bahar bahman bahram bala
    balaji balakrishnan balazs balint bambang bao baptiste barak barbara barbora barbro barry
    bart bartosz baruch bas basant bashar bastian bastien beata beate beatrice beatriz becky
    behnam behrad behrouz behzad bei beibei bela ben benedetta benedetto benedict bengt benjamin
    benno benoit beny benyamin bernard bernardo bernd bernhard bert bertrand beth bethany betty
    beverly bharat bharath bhaskar bhavana bhavesh biagio bianca bikash bikram bilal bimal bin
    bing bingbing bingchen binghui bingqing binh birger birgit bishal biswajit biswanath bjarne
    bjorn blake blaz bo boaz bob bogdan bogumil bohan bohdan bojan boleslaw bolin bonnie boris
    borislav boubacar bowen boyang boyu bozena brad bradley brahim bram brandon branislav branko
    brenda brendan brent brett brian brice bridget brigitte britta bronislaw brooke bruce bruna
    bruno bryan bryce budi burak byeong byung caitlin caleb calvin cameron camila camilla
    camille candela carina carl carla carlo carlos carlotta carmela carmen carol carolina
    caroline carolyn carsten casey caspar catalin catalina catherine cecile cecilia cedric celia
    celine cem cemil cesar cesare chad chaim chaitanya chan chanchal chandan chandra
    chandrasekhar chandrima chang changhao changjun changsheng chao chaofan chaoyang charles
    charlie charline charlotte charu chelsea chen chenchen chenfei cheng chengcheng chenghao
    chengjie chengming chengwei chengyu chengzhi chenhao chenhui chenlin chenxi chenxu chenyang
    chenyu cheryl chester chetan chi chiara chie chien chihiro chinedu chirag chloe chong chris
    christa christel christelle christian christina christine christof christoph christophe
    christopher christos chuan chuang chuanqi chukwuma chul chun chunhua chunhui chunlei chunlin
    chunyang chunyu cindy ciprian claas claire clara clark claude claudia claudine claudio claus
    clayton clelia clemens clement clifford clive cody colin colleen cong congcong connor
    constance constantin corentin corey corinne cornelia cornelis cory cosimo costanza courtney
    craig cristian cristiana cristiano cristina crystal csaba cuong curtis cynthia cyprian cyril
    cyrille da daan dachuan daehyun dagmar dagmara daichi daiki daisuke daisy dale dalia damian
    damien damir dan dana danail dandan dang daniel daniela daniele danielle daniil danilo danny
    danqi dante danuta daoud daphne daria dario darius dariush dariusz darko darren darya dave
    david davide davit davood dawei dawn dayong debajyoti debanjan debashis debasish deborah
    debra deep deepak deepika deepti dejan delong delphine deng denis denise deniz dennis denys
    derek desislava detlef dev devansh devendra devesh devin dewi dhiraj dhruv di dian diana
    diane diederik diego dieter dietmar dietrich dilip dimitar dimitri dimitrios dimitris
    dimitry dinesh ding dinh diogo dipak dipankar dirk divya dmitri dmitrii dmitriy dmitry
    dobromir domenico dominic dominik dominique don donald donatella dong dongdong dongha
    donghao donghoon donghyun dongjin dongjun dongliang dongmei dongmin dongsheng dongwook
    dongxu dongyan donna dor dora doreen doris doron dorota dorothy doug douglas dov dragan
    dragomir drew dror duarte duc duncan dung duong durga dusan dustin duy dwi dylan dzmitry
    ebba eberhard eckhard ed eddie edgar edith edmund edna edoardo eduard eduardo edward edwin
    eetu efrat egon egor ehsan ehud eiichi eiji eileen einar eisuke eitan eka ekaterina ekkehard
    ekrem ela elad elaheh elaine eldad eleanor elena elham eli eliahu elias elif elijah elina
    elisa elisabeth elise eliska elizabeth elke ella ellen elliot elliott elmar elnaz eloise
    elzbieta emad eman emanuele emese emil emile emilia emiliano emilie emilio emily emin emir
    emma emmanuel emmanuelle emre en endre enhong enrica enrico enrique enzo erdem eren erez
    erfan eri eric erica erich erik erin erkki ernest ernesto ernst erwin esmaeil espen esteban
    estelle esther ethan etienne etsuko eugen eugene eulalia eun eunji eunjung eunsol eva evan
    eve evelyn ewa eyal ezra fabian fabien fabio fabiola fabrice fabrizio fadi fahad fahd faisal
    faiz fajar falguni fan fang fangyuan farah fares farhad farhan farhana fariba farid farnaz
    farshad farzad farzaneh fateme fatemeh fatih fatima fatma federica federico fedor fei feifei
    feihu feiyang feiyu felipe felix feng fengjun ferdinand ferenc fereshteh fernanda fernando
    feroz filip filipe filippo finn fiona flavia flavio florence florent florentin florian fouad
    franc franca frances francesca francesco francis francisco franck francois francoise franz
    franziska frauke fred frederic frederick frederik friedemann frieder friedrich frits fritz
    fu fuli fumihiko fumiko fumio fumiya fuzheng gabor gabriel gabriela gabriele gabriella gad
    gael gaetan gaetano gagan gahyun gail gal galina ganesh gang gaofeng gareth garrett gary
    gaspard gaston gaurav gautam gavin ge gediminas geeta gemma gen gene genevieve geng genki
    geoff geoffrey george georgi georgia georgii georgios georgy gerald gerard gerardo gerd
    gergely gerhard gerrit gert ghada ghassan gheorghe ghislain giacomo giancarlo giang gianluca
    gianmarco gianni gijs gil gilad gilbert gilberto gilles gillian gina gino giora giordano
    giorgia giorgio giovanna giovanni girish gisela giulia giuliano giulio giuseppe gleb glen
    glenn gloria golnaz gonzalo gopal goran gordana gordon goro gottfried govind grace graeme
    graham graziella greg gregoire gregor gregory grigor grigori grigorii grigory grzegorz guan
    guang guangming guangyu guanhua guanyu gudrun guglielmo gui guido guilherme guillaume
    guillem guillermo gunnar gunter guo guodong guohao guojun guoliang guoqiang guowei guoyin
    gurpreet gustav gustavo gwenael gyeong gyorgy gyu gyula haakon habib hadar hadas hadi hae
    haejun hafiz hagai hagit hai haibin haibo haifeng hailey hailong haim haiming haitao haitham
    haixu haiyan haiyang hajime hak hakan halina hamed hamid hamidreza hamza han hana hanan
    hanchen hang hanh hani hanieh hanlin hanna hannah hanne hannes hanqing hans hanwen hanxiao
    hanyu hao haochen haodong haofei haohan haojie haolin haonan haoran haotian haowei haoxuan
    haoyang haoyi haoyu haozhe harald hari harish harold harpreet harriet harry harsh harsha
    harshit harshita hartmut haruka haruki haruko haruo harvey hasan hassan hatem hauke hayato
    hayden hazel heather hector hee heejin heike heiko heiner heinrich heinz helen helena helene
    helga helge helmut hemant hendra hendrik heng henk henning henrik henry henryk herbert
    herman hermann herve hesam hicham hideaki hidehiko hideki hidenori hideo hideto hideyuki
    hien hieu hikaru hila hilario hilde himanshu hiro hiroaki hirofumi hiroki hiroko hiromi
    hiromitsu hironobu hironori hiroshi hirotaka hiroto hiroya hiroyasu hiroyoshi hiroyuki
    hisashi hisham hitomi hitoshi hoa hoang hojin holger holly homa hong hongbin hongbo hongfei
    hongjie hongliang hongmei hongming hongtao hongwei hongxia hongyan hongyang hongyi hongyu
    hongzhi hoon horacio horst hortense hossam hossein houda howard hrvoje hu hua huabin huan
    huanhuan hubert hugh hugo hui huihui huijie huijuan huimin huiming huiwen huiying humberto
    hung huong huseyin hussam hussein huy huyen hwan hyejin hyeon hyeonseob hyo hyojin hyuk hyun
    hyung hyunjin hyunjoon hyunjung hyunsoo hyunwoo ian ibrahim ichiro idan ido idris ifeanyi
    igal ignacio ignas ignasi ignat igor ilan ilaria ilia ilias ilija ilkka illia ilse ilya ilze
    imad iman imanol imen imran imre imtiaz ina indira indra indrajit indranil ines inga inge
    ingmar ingo ingrid inho inigo inseok ioana ioannis ion iosif iraj irek irene irina iryna
    isaac isabel isabella isabelle isam isamu isao ishaan ishan ishita ismael ismail issa issei
    istvan itai itamar itay itsuki itzhak ivan ivana ivar ivica ivo iwona jaak jaakko jaap jaber
    jabir jacek jack jackie jackson jacob jacopo jacqueline jacques jade jadranka jadwiga jae
    jaehoon jaehyun jaejin jaemin jaeseok jaesik jaewon jaewoo jaeyoung jafar jagdish jai jaime
    jake jakob jakub jalal jamal james jamie jamil jan janaki jane janet janez jang janina janis
    janko janne jannik jannis janos january janusz jared jari jarmo jaromir jaroslav jaroslaw
    jasmine jason jatin javier jawad jay jaya jayanta jayanth jayesh jean jeevan jeff jeffrey
    jenna jennifer jenny jens jeong jeonghwan jeremiah jeremy jeroen jerome jerry jerzy jesse
    jessica jesus ji jia jiabao jiachen jiacheng jiadong jiafeng jiahao jiahui jiajia jiajie
    jiajun jiale jialin jialong jialu jiaming jian jianbing jianbo jiancheng jianfei jianfeng
    jiang jianguo jianhua jianhui jianing jianjun jianlin jianmin jianming jianping jianqiang
    jianwei jianwen jianxin jianxiong jianye jianyong jianyu jiao jiaqi jiashi jiawei jiaxin
    jiaxing jiaxu jiaxuan jiayang jiayi jiaying jiayu jiayuan jiazhen jie jiehui jieun jiexiong
    jieyu jihoon jihye jihyun jill jim jimin jimmy jin jinchao jinfeng jing jingbo jingchao
    jingdong jingfeng jinghua jinghui jingjing jinglin jingming jingtao jingwei jingwen jingxuan
    jingyi jingyu jingyuan jingzhou jinhee jinho jinhua jinhyuk jinhyun jinjin jinkyu jinlong
    jinming jinpeng jinseok jinsong jinsoo jintao jinwoo jinyang jinyoung jinyu jiong jiri jiro
    jisoo jisu jiuxin jiwon jiwoo jiyeon jiyoung jo joachim joan joana joanna joanne joao
    joaquin jochen joe joel joep johan johann johanna johannes john johnny jon jonah jonas
    jonathan jong jongho jonghyun jongmin jongseok jongwon joo joon joonas joonho joonhyuk
    joonseok joost jordan jordi jorg jorge jorgen joris jorn jose josef josefa joselyn josep
    joseph josh joshua josue jotaro jovan joyce jozef jozsef ju juan juanjo judit judith judy
    jue juergen juha juho juhyun jukka julia julian julie julien julieta julija julio jun junbo
    junchao junchen junchi jundong junfeng jung jungang junghoon jungmin jungwoo junhao junho
    junhong junhua junhui junhyuk junichi junichiro junjie junko junlin junling junming junnan
    junpei junpeng junqi junseok junsu junwei junwen junxian junya junyang junyi junyoung junyu
    junyuan juraj jurgen juri jussi justin justine justyna jutta juyong juyoung jyoti jyotirmoy
    kaarel kabir kadir kai kaibo kaifeng kaiming kaiqi kaisa kaito kaituo kaiwei kaiwen kaixin
    kaixuan kaiyan kaiyang kaiyu kaiyuan kalle kalpana kalyan kamal kamala kambiz kamil kamran
    kana kanako kang kanishka kanta kaori kaoru kapil kara karam karan kareem karel karen karim
    karin karine karl karol karolina karolis karsten karthik kartik kaspar kasper kasra katarina
    katarzyna kate kateryna katharina katharine katherine kathleen kathryn kathy katie katja
    katrin katsuhiko katsuhiro katsuki katsumi katsunori katsuya kaushik kaveh kavita kavya kay
    kayode kazem kazimierz kazu kazuaki kazuhide kazuhiko kazuhiro kazuhisa kazuki kazuko kazuma
    kazumasa kazumi kazunari kazunori kazuo kazushi kazuto kazuya kazuyoshi kazuyuki ke kees
    kehan kei keigo keiichi keiji keiko keisuke keita keitaro keith kejing kelly kelsey ken
    kendra kengo kenichi kenji kenjiro kenneth kenshi kenta kentaro kento kenya kerem keren
    kerry kerstin keshav kevin kewei keyu keyvan khaled khalid khalil khanh khoa khoi ki
    kianoush kien kihyun kim kimberly kimihiko kimiko kiran kiril kirill kirk kirsten kishore
    kiyoshi kjell klaas klara klaus klemen kobi koen kofi koh kohei koichi koichiro koji konrad
    konstantin konstantinos kostas kosuke kota kotaro koushik koya kripa krishna krishnan
    krishnendu kristaps kristen kristin kristina kristjan krit kritika krystyna krzysztof ksenia
    kumar kumiko kun kunal kunihiko kunpeng kurt kushal kwabena kwame kwang kyeong kyle kyohei
    kyoko kyosuke kyoung kyriakos kyrylo kyu kyung kyungmin ladan ladislav laetitia laia laila
    lajos lakshmi laleh lalit lam lamia lan lance lanqing lara larry lars lasse laszlo lata
    laura laure lauren laurence laurent lauri lauritz lawrence lazar le lea leah leandro lech
    lee lei leif leigh leila leilei leili lena lennart leo leon leonard leonardo leonid leonor
    leslie leszek leticia lev levent levente lewis leyang li liam liang liangchen liangliang
    liangyu lianhui lianwen lichao lidia lidija lieve lifeng lihua liis lijie lijuan lijun lili
    lilong limin liming lin lina linda lindsay lindsey ling lingfei lingling lingpeng lingyu
    linh linlin linna linqi linus linyuan lionel lior liping liqiang liqun liron lisa litao
    liting liwei lixia lixin liyan liyang liyuan liyue ljubomir lloyd lluis loan loc logan loic
    lois longbing longfei longhui lorand lorena lorenz lorenzo lorraine lotfi lothar lotte louis
    louise lu lubomir luc luca lucas lucia luciana luciano lucie lucien lucy ludger ludovic
    ludovica ludwig lufei luigi luis luisa luiz luka lukas lukasz luke lulu lun luong luoyi luuk
    luyu lydia lyle lynn lyudmila maarten maayan maciej mackenzie madan madeleine madhav madhu
    madhulika madison madjid magali magdalena maggie magnus mahdi mahendra maher mahesh mahmood
    mahmoud mahsa mahtab mai maike mainak maite maja majid makiko makoto maksim maksym malay
    malcolm malek malgorzata malik mallika malte mamadou mami mamoru manabu manal manas manash
    mandar maneesh manfred manh manish manisha manjunath manoj manon mansoor mansour manuel
    manuela mao maosong marc marcel marcela marcello marcelo marcin marco marcus mareike marek
    margaret margarete margarita margaux margherita mari maria marian mariana mariano marie
    mariia marija mariko marilyn marina mario marion marisa marissa marius mariusz marja marjan
    markku marko markus marlies marlon marshall marta marten martha martijn martim martin
    martina martino martynas marvin marwa marwan mary maryam masaaki masafumi masahide masahiko
    masahiro masahito masakazu masaki masako masamichi masanobu masanori masao masaru masashi
    masataka masato masatoshi masaya masayasu masayoshi masayuki masha mason masoud masoumeh
    massimo masumi matan matej mateja mateo mateusz mathias mathieu mathilde mati matias matija
    matilde matjaz mats matt matteo matthew matthias matthijs matti matus maud maureen maurice
    mauricio maurizio mauro maxim maxime maximilian maxwell maya mayank mayu mayumi mayur
    mechthild meelis meera megan meghana megumi mehdi mehmet mehran mehrdad mehrnaz mei meike
    meiling meir meirav melanie melchior melina melinda melisande melissa menachem meng mengchen
    mengdi mengfei menghan mengjie menglin mengling mengmeng mengqi mengting mengxue mengyang
    mengyu mengyuan mengzhou mercedes mert merve mete mia miao michael michail michal michalis
    michel michela michele michelle michiel michiko michio mie miguel mihaela mihai miho mika
    mikael mike mikel mikhail mikio mikko mikolaj mikulas milad milan milena miles milica milind
    milos min mina minako mindaugas ming minghao minghui mingjie mingjun mingkui mingliang
    minglong mingming mingqiang mingsheng mingxing mingxuan mingyang mingyi mingyu mingyuan
    mingzhe minh minho minhyuk minji minjie minjoon minju minjun minkyu minlie minori minoru
    minseok minseop minsoo minsu minyoung minzhang mira miranda mireia mireille mirella miriam
    mirjam mirka mirko miroslav miroslava miroslaw mirza misaki misha mitchell mitesh mithun
    mitsuhiro mitsuo mitsuru mitsuyoshi miyuki mladen moataz moez mohamad mohamed mohammad
    mohammadreza mohammed mohan mohit mohsen mojtaba molly momchil mona monica monika monojit
    moon mordechai moreno morgan morgane moritz morris morten morteza mosab moses mostafa motoki
    motoko mounir mourad moustafa mousumi mu muhammad muhan mukesh mukul mukund munir murat
    muriel musa mustafa mustapha muthu mykola myung myungjoo na nabil nadav nader nadezhda nadia
    nadine nadir naeem nagaraj nahid naho naim nam naman namhoon nami namrata nan nana nancy
    nandini nandita nao naoaki naofumi naohiro naohisa naoki naoko naomi naoto naoya naoyuki
    narayan naren narendra naresh naser nasrin nasser nassim natalia natalie nataliia natalija
    nataliya natasha nathalie nathan nathaniel nattapong naveen navid navin nawal nayan nazanin
    neal nebojsa nedim neelam neeraj negar negin neha neil nelson nemanja nenad nestor nevena
    nga ngan nghia ngoc nguyen nhan nhat nhung nianzu nicholas nick nickolay niclas nicola
    nicolai nicolas nicole nicoleta nicoletta nicolo nidhi niels nigel nihar nika nikhil nikita
    niklas niko nikola nikolai nikolaj nikolaos nikolas nikolaus nikolay nikos nilanjan nilesh
    nils nima nimisha nimrod nina ning ningyu nino nir niranjan nirmal nisha nishant nishanth
    nitesh nitin nitish nitzan nivedita noa noah noam nobuaki nobuhiko nobuhiro nobuko nobuo
    nobuyoshi nobuyuki noel noelia noga noor nora norbert nori noriaki norihiko norihiro noriko
    norio noritaka noriyuki norman nour nuno nur nurlan octavio oded odile ofer ofir oguz ohad
    oksana ola olaf ole oleg oleksandr oleksii oleksiy olena olexandr olga olive oliver olivia
    olivier olli olufemi oluwaseun om omar omer omid omkar omri ondrej onur oren orhan ori oriol
    orlando orly ornella osama osamu oscar oskar osman ostap osvaldo othman otoya otto oumar
    ousmane owen ozan ozge ozgur pablo paige pal palash pallab pallavi pamela panagiotis pankaj
    paola paolo parag paramita parham parisa parth partha parul parvin pascal pascale pasi
    patrice patricia patrick patrik patrizia patrycja pattarawat pau paul paula pauli paulina
    pauline paulo pavan pavel pavithra pavlo pavlos pawan pawel payam pedram pedro peep peer pei
    peifeng peihao peilin peipei peiyang peiyuan pejman pekka penelope peng pengcheng pengfei
    penghui pengjun pengpeng pengyu pengyuan penny pentti perry petar peter peteris petko petr
    petra petri petros petteri peyman phil philip philipp philippe phillip phoebe phong phu phuc
    phuong pia pier pierre piet pieter pietro ping pingping piotr piyapong piyush plamen polina
    pooja poonam pouya prabhat prabhu prabir prachi pradeep pradip prafulla pragya prajwal
    prakash pranav pranay pranjal prasad prasanna prasant prasenjit prashant prateek pratik
    pratyush praveen pravin predrag preeti prem prerna primoz priscila prithvi priya priyanka
    przemyslaw puneet purvi pushpak putri qi qian qiang qianqian qianru qianwen qianying qiao
    qibin qifan qihang qihao qiming qin qing qingfeng qinghua qinghui qinglin qingming qingqing
    qingsong qingwei qingyang qingyao qingyu qingyun qiong qiqi qirui qiu qiufeng qiushi qiwei
    qixiang qiyu qiyuan qizhe quan quang quanquan quentin quirin qun quoc quynh rabia rachel
    rachid radek radha radhika radim radomir radoslav radoslaw radu rafael rafail rafal raffaele
    raffaella rafi raghav raghu raghunath rahul raimo raimundas rainer raivis raj raja rajan
    rajarshi rajat rajeev rajendra rajesh rajib rajiv rajkumar raju rakesh ralf ralph ram rama
    ramakrishna raman ramesh rami ramin ramon ramona ramy ran rana randall randy rania ranjan
    ranjit raphael raquel rasha rashid rashmi rasmus rasool rastislav ratul raul rauno ravi
    ravindra raymond raz raziyeh rebecca recep reem reena regis rei reid reiko reina reinhard
    reinhold rekha remi remy ren renata renate renato renaud rene renjie reo rex reza rhys riad
    ricardo riccardo richard rick rida rie rifat rihards rikard riku rima rina rintaro rio risa
    rishab rishabh rishi risto rita ritesh ritu ritwik rivka rizal robbert robert roberta
    robertas roberto robin rocio rodney rodolfo rodrigo roee roel roger rogerio rohan rohit roi
    rok roksana roland rolf romain roman romanas ron ronak ronald ronen rong rongrong roni
    roozbeh rory rosa rosario rosemary roshan ross rossella rotem rounak roy roya ru ruben ruby
    rudolf rudra rui ruibin ruibo ruifeng ruihan ruihua ruijie ruijun ruimin ruiming ruiqi
    ruisheng ruixiang ruixin ruixuan ruiyang ruiyi ruiyu runze ruobing ruochen ruofei ruoxi
    ruoyu rupam rupert rupesh ruslan russell rustam ruth ruud ryan ryo ryohei ryoichi ryoji
    ryoko ryoma ryosuke ryota ryotaro ryszard ryu ryuichi ryuji ryuta saad saber sabina sabine
    sabrina sabyasachi sachiko sachin sadao sadegh saeed saeid sagar sagnik sahand sahar sahil
    sai said saif sajad sajal sajjad sakari saki sakura salah saleh salim sally salma salman
    salvador salvatore sam saman samantha samar samaresh samarth sameer sameh samer sami samik
    samir samira sampath samuel samuele samy sana sanaz sandeep sander sandip sandor sandra
    sandrine sandro sang sangdoo sangeeta sanghamitra sanghoon sanghyun sangmin sangwoo sanja
    sanjay sanjeev sanjit sanjoy sanjukta sankar sankha sanna santanu santiago santosh sara
    sarah sarath sarita sarvesh sasa sasan sascha satish satoko satomi satoru satoshi satya
    satyajit saul saurabh saurav savvas sayaka sayan sayantan sayed sayuri scott se sean
    sebastian sefa sehoon seiichi seiichiro seiji seiya sejin selim semyon senlin seo seok seon
    seong seonghyeon seongjin seongmin serdar serena serge sergei sergej sergey sergi sergii
    sergio serhii serhiy seth seung seunghoon seunghyun seungjae seungjun seungmin seungwon
    seungwoo seungyeon seungyong severine seyed sha shachar shadi shahab shahar shahin shahram
    shai shailesh shaked shalini shalom shan shane shang shanghang shangtong shankar shannon
    shanshan shantanu shao shaobo shaohua shaohui shaojie shaoli shaoqing shaowei shaoxiong
    sharad sharon shashank shashi shaul shaun shawn shay sheila shekhar shelby sheldon shelley
    shen sheng shengchao shenghao shenghua shenghui shengjie shengjun shenglong shengnan
    shengping shengyang shengyi shengyu shervin shi shichao shigehiko shigeki shigeo shigeru
    shigeyuki shiji shijie shijun shikha shiliang shilin shiming shimon shin shingo shinichi
    shinichiro shinji shinjiro shinnosuke shinobu shinpei shinsuke shintaro shinya shiping shiqi
    shiqiang shira shiri shirin shirley shitao shiv shiva shivam shivani shiwei shixiang
    shixiong shiyang shiyi shiyin shiyu shiyue shizhe shlomo shmuel sho shogo shohei shoichi
    shoji shota shotaro shou shoya shrey shreya shreyas shrikanth shruti shu shuai shuaiqi
    shuang shuangshuang shuangyong shubham shubhra shuchang shuhao shuhei shuhui shuichi shuji
    shujian shujie shujun shulin shumin shun shunichi shunsuke shunta shuntaro shunya shunyu
    shuo shuohuan shuoran shuqi shuyan shuyang shuyi shuyu shweta shyam si siavash sibo sichen
    sicheng siddharth siddhartha sidney siegfried sigrid sihan sihao sihyun sijia silke silvia
    silvio simin siming simon simona simone simran sina sinan siqi siqing siti siyang siyi siyu
    siyuan sjoerd slava slavko slawomir smita smriti sneha snehal sofia sofiane sofie soham
    sohee sohei soheil sohrab soichiro solveig somchai somnath somsak son sonal sonali song
    songcan songfang songhao songlin songtao songyang sonia sonja soo soobin soojin sooyoung
    sophia sophie soren soroush sosuke sota sotiris soumen soumendra soumik soumitra soumya
    soumyadeep sourav souvik sowmya spencer spyros srdjan sreejith sri sridhar srikanth srikumar
    srinath srinivas srinivasan sriram srishti stacy stan stanimir stanislav stanislaw stanley
    stavros stefan stefania stefanie stefano steffen stein stella stepan stephane stephanie
    stephen steve steven stewart stijn stoyan stuart su subhadeep subhajit subhankar subhash
    subhasish subin subir subrata suchai sudeep sudhir sudip sugata suhyun sui sujata sujay
    sujin sujit sukanta suleiman suman sumanta sumio sumit sun sunanda sundar sung sunghoon
    sunghwan sunghyun sungjin sungjoon sungmin sungwoo sunil sunita sunjae sunwoo supachai
    supriya supriyo suraj surajit suresh surya susan susana sushant sushil sushmita susmita
    susumu suvrat suzanne sven svenja svetlana svetoslav svitlana swapan swapnil swarnendu swati
    sydney sylvain sylvia sylvie syunji szabolcs szilard szymon tadahiro tadao tadashi tadeusz
    tae taehoon taehyun taejun taesup taewoo taeyoung taha tahar tai taichi taifeng taiga
    taiichi taiji taiki taisei taisuke takaaki takafumi takahiko takahiro takahisa takahito
    takako takamasa takanori takao takashi takato takatomo takatoshi takaya takayoshi takayuki
    takeaki takefumi takehiko takehiro takehito takeo takeru takeshi taketo taku takuji takuma
    takumi takuo takuro takuto takuya tal talal tali tam tamaki tamar tamara tamas tamer tamio
    tan tanapat tanay tanel tania tanja tanmay tanmoy tanvi tanya tao taolin tapan tara taras
    tarek tariq tarmo taro tarun tathagata tatiana tatjana tatsuhiko tatsuhiro tatsuki tatsunori
    tatsuo tatsuro tatsushi tatsuya tatyana taylor taym ted teemu tejas teng tengfei teodor
    teodora teppei terence teresa tero terry teruaki terumasa teruo tetiana tetsu tetsuji tetsuo
    tetsuro tetsushi tetsuya thang thanh thao thees theo theodora theodore theodoros theresa thi
    thiago thibault thibaut thien thierry thijs thilo thinh tho thomas thorsten thu thuy tiago
    tian tiancheng tianchi tianfan tianhao tianhong tianhua tianjun tianlong tianlu tianming
    tianqi tianrui tianshu tianwei tianxiang tianyang tianyi tianyu tianyuan tianzhu tibor tie
    tien tiffany tihomir tiit till tilman tim timo timothee timothy timur tin tina ting tingting
    tingyu toan tobias toby todd todor tohru toko tom tomas tomasz tomaz tomer tomislav tommaso
    tommy tomo tomoaki tomofumi tomoharu tomohide tomohiko tomohiro tomohito tomoka tomokazu
    tomoki tomoko tomomi tomonari tomonori tomotaka tomoya tomoyuki tong tongliang tongtong
    tongxin tongzhou toni tony tooru torben tore torsten toru toshi toshiaki toshiharu toshihide
    toshihiko toshihiro toshikazu toshiki toshiko toshimasa toshimitsu toshinori toshio toshiro
    toshiya toshiyuki tova tracy tran trang travis trevor tri trinh trisha tristan trond trong
    troy trung truong tsubasa tsukasa tsuneo tsutomu tsuyoshi tu tuan tuba tung tuomas tushar
    tuyen tyler tzvi uday udo ufuk ugo ugur ujjwal ulf uli ulrich ulrike uma umberto umesh umi
    uri uriel ursula urszula urvashi usha uta ute utkarsh uttam uwe uzi vaclav vadim vadym vahid
    vaibhav valentin valentina valentino valentyn valeri valeria valerie valerii valerio valeriy
    valery van vanessa vangelis varsha varun varvara vasant vasil vasile vasileios vasilii
    vasilis vasily vassilis vasudha veit veli velimir venkat venkata venkatesh vera verena
    vernon veronica veronika viacheslav vibhor vicente victoire victor victoria vida vidya viet
    vijay vijaya vikas vikash vikram viktor viktoria viktoriia vilem ville vimal vinay vincent
    vincenzo vineet vineeth vinh vinicius vinod vipin vipul viraj viral virgile virginia
    virginie vishal vishnu vishwas vit vitali vitalii vitaly vito vittorio vivek vivian vlad
    vladimir vladislav vlado vladyslav vojtech volker volkmar volodymyr vsevolod vu vuk vuong
    vyacheslav waclaw wade wael wafa wahyu wail waleed walid walter walther wanda wang wanjun
    wanli wanxiang wanyu warren wassim wataru wayne wei weidi weidong weifeng weihao weihua
    weijia weijian weijie weijun weikang weilin weiming weinan weiping weiqi weiqiang weishi
    weitao weiwei weixin weiyan weiyang weiyi weiyu weizhe weizhi weizhu wen wenbin wenbo
    wenchao wendy wenhao wenhu wenhua wenhui wenjia wenjie wenjing wenjuan wenjun wenlong
    wenming wenpeng wenqi wenqiang wentao wenting wenwen wenwu wenxiang wenxiao wenxin wenxuan
    wenya wenyan wenyang wenyi wenyu wenyuan wenzhe wenzheng werner wesley wessel wichai wieland
    wieslaw wilfried wilhelm willem william wilson wim winfried witold wladyslaw wlodzimierz
    wojciech wolfgang won wonjae wonjun wonseok wonyong woo woojin woong wooyoung wouter wulf
    xavier xi xia xian xianghua xiangjian xiangliang xianglong xiangming xiangnan xiangru
    xiangrui xiangxiang xiangyang xiangyu xianpei xianzhi xiao xiaobin xiaobo xiaochen xiaochuan
    xiaodan xiaodong xiaofan xiaofei xiaofeng xiaogang xiaoguang xiaohan xiaohong xiaohu xiaohua
    xiaohui xiaojie xiaojuan xiaojun xiaokai xiaokang xiaole xiaolei xiaoli xiaolin xiaoling
    xiaolong xiaomei xiaomeng xiaomin xiaoming xiaonan xiaopeng xiaoping xiaoqi xiaoqian
    xiaoqiang xiaoqing xiaorong xiaoshuai xiaotao xiaotian xiaotong xiaowei xiaowen xiaoxia
    xiaoxiao xiaoxuan xiaoyan xiaoyang xiaoyi xiaoying xiaoyong xiaoyu xiaoyuan xiaoyun xiaozhi
    xiaxia xichen xifeng xihui xiliang xin xinbo xinchao xinchi xing xingchen xingcheng xinghua
    xingjian xingjun xinglin xingming xingpeng xingshan xingxing xingyi xingyu xingyuan xinhao
    xinhua xinhui xinjie xinjun xinlei xinliang xinlong xinming xinpeng xinran xinrui xinting
    xinwei xinxin xinyan xinyang xinyao xinyi xinyu xinyuan xinyun xinze xinzhi xiong xipeng
    xiquan xisen xiu xiuhong xiujuan xiuli xixi xiyang xiyao xu xuan xuanjing xuanli xuanyu
    xuchen xudong xue xuebin xuebo xuefei xuefeng xuegong xuehai xuelian xuelong xueming xueqi
    xueqing xuewei xueying xueyuan xuezhi xuezhou xuhong xuhui xujie xuming xun xunliang xunzhu
    xuyang ya yaakov yacine yadong yael yafei yahya yair yajie yajun yakov yalong yan yana yanan
    yanbin yanbo yanchao yang yangfan yanghua yangming yangqiu yangyang yangyi yanhong yanhui
    yani yaniv yanjie yanjun yankai yanlin yanling yanmei yanming yann yannic yannick yannis
    yanping yanqing yanran yanru yansong yantao yanwei yanxia yanxiang yanyan yanyang yanzhe yao
    yaobin yaodong yaohui yaojie yaoming yaoxin yaoyao yaqi yaqing yariv yaroslav yaru yasaman
    yaser yash yashwant yasin yasmin yasmine yasser yasuaki yasuhiko yasuhiro yasuhisa yasuhito
    yasuki yasuko yasumasa yasunari yasunori yasuo yasushi yasutaka yasutoshi yasuyuki yauheni
    yawen ye yefeng yegor yehuda yeji yejin yelong yen yena yeon yeong yevgen yevgeni yevgeniy
    yevhen yeyun yi yian yiannis yibin yibing yibo yichao yichen yicheng yichi yichuan yidi
    yifan yifang yifei yifeng yigal yige yigit yihan yihang yihao yihe yihong yihua yijia yijian
    yijie yijing yijun yikai yikang yilin yilong yilun yimin yiming yin ying yingbo yingchun
    yingfei yinghui yingjie yingjun yingli yinglin yingming yingnan yingqi yingtao yingwei
    yingxue yingying yingyu yinhe yining yinjie yinpeng yinuo yinyin yinyu yipeng yiping yiqi
    yiqian yiqiang yiqing yiqiu yiran yiren yirong yiru yirui yisen yishay yisheng yishu yisong
    yitao yiting yitong yiwei yiwen yiwu yixiao yixin yixing yixuan yiyang yiyi yiyu yiyuan
    yizhe yizhen yizheng yizhi yizhong yizhou yizhu yoann yoav yochai yoel yogesh yohan yohei
    yoichi yoichiro yoji yoko yolanda yonatan yong yongbin yongchao yongcheng yongdong yongfei
    yongfeng yonggang yongho yonghong yonghua yonghui yonghyun yongjae yongjian yongjie yongjun
    yongkang yongli yongliang yonglin yongmei yongmin yongming yongping yongqi yongqiang yongtao
    yongxin yongyi yongzhi yoo yoon yoonho yosef yoshi yoshiaki yoshifumi yoshiharu yoshihide
    yoshihiko yoshihiro yoshihisa yoshikazu yoshiki yoshiko yoshimasa yoshimi yoshinobu
    yoshinori yoshio yoshitaka yoshito yoshitomo yoshiya yoshiyasu yoshiyuki yosi yossi yosuke
    yota you youcef youjia youn younes youness youngho youngjae youngjin youngjun youngmin
    youngsoo youssef yousuke youwei youyi youzhi yu yuan yuanbin yuanbo yuanchen yuancheng
    yuandong yuanfang yuanfeng yuanhang yuanhao yuanhong yuanhua yuanjie yuanjun yuanlong
    yuanming yuanqing yuanshun yuanxin yuanxing yuanyuan yuanzhe yuanzhi yubin yubo yuchen
    yucheng yuchuan yudai yudi yudong yue yuefeng yuehua yuejie yueming yueqi yueting yuexian
    yuexiang yueyang yueyue yufan yufei yufeng yuge yuhan yuhang yuhao yuheng yuhong yuhua yuhui
    yui yuichi yuichiro yuji yujia yujian yujie yujin yujing yujun yuka yukai yukang yukari yuki
    yukihiko yukihiro yukihito yukiko yukinari yukinobu yukio yukitaka yukiya yuko yukun yulan
    yulei yuli yulia yuliang yuliia yulin yuling yuliya yulong yulun yuma yume yumeng yumi
    yumiko yuming yumio yun yuna yunbo yunchao yunfan yunfei yunfeng yung yunhao yunhe yunho
    yunhui yuning yunji yunjie yunlong yunpeng yunqi yunsheng yunshi yuntao yunxiang yunxiao
    yunxin yunyang yunyi yunzhe yunzhu yupeng yuqi yuqian yuqiang yuqing yuri yuria yurii yuriko
    yuriy yurong yuru yury yusaku yusei yushan yushi yushun yusong yusuf yusuke yuta yutaka
    yutao yutaro yutian yuting yuto yutong yuval yuwei yuwen yuxi yuxia yuxian yuxiang yuxiao
    yuxin yuxing yuxiong yuxuan yuya yuyan yuyang yuyao yuyi yuyin yuying yuyu yuyuan yuze
    yuzhang yuzhe yuzhen yuzhong yuzhou yuzhu yuzo yuzuru yves yvonne zachary zahra zainab
    zaiqing zaira zakaria zbigniew zdenek zdenka zdzislaw zeev zehao zehra zehua zeinab zekai
    zekun zelin zeljko zeming zen zenan zeng zepeng zeping zeqi zeqiu zeren zetian zewei zexuan
    zeyang zeyi zeyu zeyuan zhan zhang zhangyang zhao zhaochun zhaofeng zhaohui zhaojun zhaopeng
    zhaoping zhaorui zhaoxia zhaoxiang zhaoyang zhaoyi zhaoyu zhe zhefeng zhen zhenchao zhendong
    zhenfei zheng zhengbao zhengdong zhenghao zhenghua zhengjie zhengkai zhengliang zhenglu
    zhengming zhengping zhengqi zhengrong zhengtao zhenguo zhengwei zhengxiang zhengxin zhengyan
    zhengyang zhengyi zhengyu zhengyuan zhengzhong zhenhao zhenhua zhenhui zhenjie zhenjun
    zhenming zhenpeng zhenqi zhenru zhentao zhenting zhenwei zhenxin zhenya zhenyi zhenyu
    zhenyuan zhenzhong zhexin zheyuan zhi zhibin zhibo zhichao zhicheng zhidong zhifei zhifeng
    zhigang zhiguo zhihan zhihao zhihong zhihua zhihui zhijian zhijiang zhijie zhijun zhikai
    zhiliang zhilin zhiling zhilong zhimin zhiming zhipeng zhiping zhiqi zhiqiang zhiqing zhirui
    zhishan zhitao zhitong zhiwei zhiwen zhixi zhixian zhixiang zhixin zhixing zhixuan zhixue
    zhiyan zhiyang zhiyao zhiyi zhiyong zhiyu zhiyuan zhiyue zhizheng zhizhong zhong zhongfei
    zhonghao zhonghua zhongjie zhongliang zhongmin zhongwei zhongxia zhongyi zhongyu zhongyuan
    zhou zhouchen zhouhan zhoujun zhu zhuang zhuofan zhuohan zhuoran zhuoren zhuosheng zhuowei
    zhuoyuan ziad zichao zichen zicheng zichun zied zifan zifeng zihan zihang zihao ziheng zihui
    zijia zijian zijie zijun zikai zikang zili zilin ziling zilong ziming zina zineb zining
    zipeng ziping ziqi ziqian ziqiang zirui zishan zishuo zitao ziting ziwei ziwen zixia zixiang
    zixin zixuan ziyan ziyang ziyao ziyi ziying ziyu ziyuan ziyue zizhao zizheng zlatko zoe
    zohar zoltan zongben zonghan zonghao zongjie zongming zongqing zongwei zongyu zoran zsolt
    zsuzsanna zubair zuobing zuozhu zuzana zvi zygmunt
    """.split()
)

FAMILY_NAMES: frozenset[str] = frozenset(
    """
    adams agarwal ahmed ahn ali allen almeida anderson andersson bae baek bai baker bakker
    banerjee bauer becker bianchi braun brown bruno bui cai campbell cao carter carvalho cha
    chang chatterjee chen cheng chiu cho choi chou chung clark cohen colombo conti costa cui dai
    dang das davis demir deng ding do dong du dubois duong durand eriksson esposito fan fang
    feng ferrari ferreira fischer flores fu gao garcia ghosh gomes gong gonzalez greco green guo
    gupta ha hall han hansen hao harris hartmann hassan hayashi he hernandez hill ho hoang
    hoffmann hofmann hong horvat hou hsieh hsu hu huang hussain huynh hwang inoue ito ivanov
    iyer jackson jain jang jansen jensen jeon jia jiang jin johansson johnson jones joo jung
    kang karlsson kato kaya khan kim kimura king klein kobayashi koch kong kovacs kowalski
    krause kruger kumar kuo kuznetsov kwak kwon lai lange larsson laurent le lee lefebvre
    lehmann lei leroy levy lewis li liang liao lim lin liu lopez lu luo ly ma marino martin
    martinez matsumoto meng menon meyer michel miller min mishra mitchell mizrahi mo mohammed
    moon moore moreau mukherjee muller nagy nair nakamura nam nelson neumann ngo nguyen nielsen
    nilsson noh novak nowak oh oliveira olsen pan papadopoulos park patel peng pereira perez
    petrov pham phan popov qian qin qiu rahman ramirez rao reddy ren ribeiro ricci richter
    rivera roberts robinson rodriguez romano rossi roy russo ryu saito sanchez santos sasaki
    sato schmidt schneider schroder schulz schwarz scott seo shao sharma shen shi shimizu shin
    silva simon singh smirnov smit smith song souza su sun sung suzuki szabo takahashi tan
    tanaka tang taylor thomas thompson tian torres toth tran tsai verma visser vo vu wagner
    walker wan wang watanabe weber wei werner white williams wilson wolf woo wright wu xia xiang
    xiao xie xiong xu xue yamada yamaguchi yamamoto yan yang yao ye yi yilmaz yoo yoon yoshida
    young yu yuan zeng zhang zhao zheng zhong zhou zhu zimmermann zou
    """.split()
)

TITLE_WORDS: frozenset[str] = frozenset(
    """
    a abilities ability about abstract accelerating access accuracy action activity adaptation
    adaptive adversarial against agent agents agnostic algebra algebraic algebras algorithm
    algorithmic algorithms aligned alignment all alternative among an analysis analytic
    analyzing and annotation anomaly answering application applications applied approach
    approaches approximate approximation architecture architectures are array as assessing
    assessment assistants at atomic attack attacks attention audio augmentation augmented
    automata automated automatic autonomous awareness based bayesian behavior behaviors
    benchmark benchmarking benchmarks better between beyond bias binary black blind boson bound
    boundary bounded bounds brain bridge building by calculus can capabilities captioning carlo
    case category causal cell cells chain challenge challenges channel channels chaos chaotic
    chat chemistry chiral circuits class classes classical classification clinical clip cloud
    cluster clustering clusters code codes coding cognitive coherent collaborative collection
    collective collisions combinatorial communication community comparison competition complete
    complex complexity component compositional compression computation computational computer
    computing concept condensed conditional conditions conformal conjecture connections constant
    constraints construction constructions context contextual continual continuous contrastive
    control controlled convergence convex convolutional corpora corpus correction correlated
    correlation correlations cosmic cosmological cosmology cost coupled coupling creativity
    critical cross crystal crystals current curvature curve curves dark data dataset datasets
    decision decoder decoders decoding decomposition deep defects deformation degree demand
    dense density dependent depth derivation descent design detecting detection deterministic
    development diagnosis diagrams dialogue difference different differentiable differential
    diffusion digital dimension dimensional dimensionality dimensions direct discovery discrete
    disease distillation distributed distribution distributions diversity documents domain
    domains double driven driving dual duality dynamic dynamical dynamics early edge editing
    education effect effective effects efficiency efficient electric electron electronic
    electrons element elements elliptic embedding embeddings emergent emission empirical encoder
    encoders end energy engine engineering enhanced enhancing ensemble entangled entanglement
    entropy environment environments equation equations equilibrium error errors estimates
    estimating estimation estimator ethics evaluating evaluation evaluations evidence evolution
    evolutionary exact examples excitations existence expansion experiment experimental
    experiments explainable explanation explanations exploration exploring exponents expression
    extended extension extraction extractors extreme face faces factor factors factuality
    failures fair fairness families fast feasibility feature features federated feedback few
    fibers field fields film filter filtering filters fine finite first fixed flow flows
    fluctuations fluid following for forecasting form formal formation forms formula foundation
    foundations fractional framework free from frontier function functional functions
    fundamental fusion future galaxies galaxy game games gap gas gauge gaussian general
    generalization generalized generating generation generative generator generators geometric
    geometry global gradient graph graphene graphical graphs gravitational gravity group groups
    growth guided hadron hallucination hamiltonian heads health heavy hidden hierarchical high
    higher holes holographic homogeneous homology how human hybrid hydrodynamics hyper ideal
    ideals identification identities identity image images imaging impact implicit improved
    improving in incremental inequalities inequality inference infinite inflation information
    initiative injection instability instance instruction integrable integral integrals
    integration intelligence intelligent interacting interaction interactions interface
    interference internal interpretability interpretable intervention into introduction
    invariant invariants inverse investigation is issues iterative its joint judge judges kernel
    kernels key keys kinetic knowledge label lagrangian landscape language languages large
    latency lattice lattices law laws layer learned learning length lens lensing lessons level
    levels light limit limits line linear lines link liquid liquids lists literature local
    localization log logic logical long loop loss low lower machine magnetic magnetism making
    management manifold manifolds many map mapping maps markov mass massive matching material
    materials mathematical mathematics matrices matrix matter matters maximal maximum mean
    measure measurement measurements measures measuring mechanical mechanics mechanism
    mechanisms media medical medicine memory mesh meta method methods metric metrics micro mind
    minimal mining mixed mixture mixtures mobile modal modality mode model modeling modelling
    models moderation modes modular module modules molecular molecules moments momentum monte
    motion multi multimodal multiple music mutual my nature near nested net network networks
    neural neutrino neutrinos neutron new news nlp noise noisy non nonlinear normal not note
    notes novel nuclear nuclei number numbers numerical object objects observation observational
    observations of on one online open operations operator operators optical optics optimal
    optimization or orbit order orders oscillations oscillator oscillators other over overview
    pair papers parallel parameter parameters partial particle particles parton passages pattern
    patterns people perception performance periodic perspective perspectives perturbation
    perturbations perturbative phase phases phenomena phenomenology photon photonic physical
    physics pipeline pipelines planar plane planning plasma platforms players point points
    poisson polar polarization policies policy polynomial polynomials pose potential power
    practical practice pre precision predicting prediction predictions preference preferences
    preliminary presence pretraining principle principles prior private probabilistic
    probability probing problem problems procedure process processes processing production
    products program programming programs progress projective prompt prompting prompts proof
    proofs propagation properties property protein protocol protocols pruning pulsar quality
    quantifiers quantization quantum quark quarks quasi queries query question questions
    radiation radio random randomized range rank rankings rate rates ratio ray readers real
    reality reasoning recognition recommendation reconstruction records recovery recurrent
    reduced reduction reflection region regions registration regression regular regularization
    reinforcement relation relations relativistic relativity relevance reliable remarks
    rendering renormalization report representation representations requirements researchers
    residual resolution resonance resonances resource resources response results retrieval
    review revisited reward rewards rings risk robot robotic robotics robots robust robustness
    role rotating rules safe safety sample sampling scalable scalar scale scales scaling
    scattering scene scheduling scheme schemes science scientific scores search second secure
    security segmentation self semantic semantics semi sensing sensitivity sensor sensors
    sentences sequence sequences sequential series services set sets settings shape shot signal
    signals similarity simple simulation simulations simulator single singular singularities
    size skills slides small social society soft software solar solid solution solutions
    solvable solving some sound source sources space spaces sparse spatial speakers spectra
    spectral spectroscopy spectrum speech speed sphere spin spins stability stable standard star
    stars state states static statistical statistics stellar step stochastic storage strategies
    strategy stream string strings strong structural structure structured structures students
    studies study style sub subspace summarization superconductivity superconductors supervised
    supervision surface surfaces survey symmetric symmetries symmetry synthesis synthetic system
    systems tables tale task tasks teachers technical techniques technologies technology
    temperature temporal tensor test testing tests text texts textual the their theorem theorems
    theoretic theoretical theories theory thermal thermodynamic thermodynamics thin things
    thinking three through time tokens tool tools topics topological topology toward towards
    tracking tracks trade traffic training trajectories trajectory transduction transfer
    transform transformation transformations transformer transformers transition transitions
    translation transport transverse tree trees truth tuning turbulence turbulent two type types
    uncertainty under understanding unified uniform units universal universe university
    unsupervised updates users using validation value values variable variables variance
    variational varieties vector vectors vehicle vehicles velocity verification via video videos
    view virtual vision visual visualization voices vs war wave waves weak web weight weighted
    weights what when where white why wide wild wireless with without word words work world
    worlds x-ray yields zero
    """.split()
)

# A title does not end with one of these.
OPEN_WORDS: frozenset[str] = frozenset(
    """
    a among an and as at between by das de der die et for from her his into its la le of or our
    over than that the their through to toward towards und under using via which with
    """.split()
)

# Abbreviations, as they are written, that end many a title.
ABBREVIATIONS: frozenset[str] = frozenset(
    """
    1D 2D 3D 4D 4G 5G 6G ABC ACL2 ADHD ADMM AFM AGI AGN AGNs AI AIoT ALMA API APIs ARPES ASP ASR
    AdS Adam AlN BAL BAO BCI BCIs BCS BEC BECs BERT BFGS BLE BPMN BSDE BTC BibTeX C++ CAD CERN
    CFD CFT CFTs CGM CIFAR CLIC CLIP CMB CNN CNNs COCO COVID CPU CPUs CSP CSPs CT CUDA ChatGPT
    Coq DES DESY DFT DL DMFT DNA DNS DPO DeFi ECG EEG EHR EHRs EIC EM EMG ESR EU EXPTIME FCC FEM
    FFT FPGA FPGAs FQHE FRB FRBs FedAvg GAN GANs GHz GLUE GNN GNNs GNSS GPS GPT GPU GPUs GRB
    GRBs GUT GUTs GW GaAs GaN GeV GitHub HERA HIV HL-LHC HOL HPC HST HTML Hadoop ICA ICU IGM
    IIoT ILC ISM ImageNet InAs InSAR IoT IoTs Isabelle JAX JSON JWST KEK KG KGs LED LEDs LEP LES
    LHC LIGO LISA LLM LLMs LP LRM LRMs LSST LSTM LSTMs LTE LaTeX LiDAR LoRA LoRa LoRaWAN MANET
    MAP MATLAB MCMC MCP MDP MDPs MHz MILP MIMO MIP ML MLLM MLLMs MLP MLPs MNIST MPI MRI MSSM MT
    MeV MoE MoS2 NFT NFTs NFV NISQ NLG NLP NLU NMR NMSSM NMT NOMA NP NbN NoSQL NuSMV OCR ODE
    ODEs OFDM OLED OLEDs OWL OpenCL OpenMP PCA PDE PDEs PET PLM PLMs POMDP POMDPs PPO PSPACE
    PyTorch QA QAOA QCD QED QFT QHE QKD QSO QSOs QUBO R RAG RANS RDF RFID RHIC RL RLHF RNA RNN
    RNNs ROS RoBERTa SAR SARS SAT SDE SDEs SDN SDP SDSS SGD SKA SLAC SLAM SLM SLMs SMT SN SNe
    SPARQL SPDE SPDEs SQL SQuAD STM SUSY SVM SVMs SYK SiC SiO2 SoC SoCs Spark SuperGLUE T5 TDDFT
    THz TMD TMDs TPU TPUs TTS TeV TeX TensorFlow TiO2 UAV UAVs UK UML USA VAE VAEs VASP VLM VLMs
    VLT VQA VQE ViT ViTs WIMP WIMPs WSN WSNs WSe2 WiFi XAI XML XPS YBCO ZnO arXiv dS fMRI keV
    mRNA meV miRNA siRNA tRNA
    """.split()
)

# Experiments and teams that sign as a body, as they are written.
EXPERIMENTS: frozenset[str] = frozenset(
    """
    ALEPH ALICE ALPHA AMS-02 ANKE ANTARES ARGUS ATLAS ArDM Auger BABAR BES BESIII BaBar Belle
    BigCode BigScience Borexino CALICE CDF CLEO CMS COHERENT COMPASS COSY-11 CRESST CTA CUORE D0
    DELPHI DES DESI DUNE DZero DarkSide DeepSeek-AI EDELWEISS ETM EXO-200 FOPI Fermi Fermi-LAT
    GERDA GLM Gemini Gemma H.E.S.S. H1 HADES HAWC HERMES HESS HPQCD ICARUS ILD IceCube InternLM
    JLQCD JUNO KAGRA KLOE KM3NeT KamLAND Kimi L3 LHAASO LHCb LIGO LLaMA LUX LZ Llama LongCat
    MAGIC MAJORANA MILC MINOS Meituan MicroBooNE MiniBooNE NA48 NA49 NA61 NA62 NANOGrav NLLB
    NOvA OPAL OpenAI PAMELA PHENIX PHOBOS PandaX Planck QCDSF Qwen RBC RENO SNO STAR SuperCDMS
    T2K UKQCD VERITAS Virgo WASA-at-COSY XENON XENON100 XENON1T ZEUS nEXO
    """.split()
)
